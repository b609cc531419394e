import { IcecoreError } from '../../errors.ts'
import type { ConnectionFacts, UpstreamConnector, UpstreamLogin, UpstreamSession } from '../../gate/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import { AccountClient } from './account-client.ts'
import { accountWithoutRegion, factsOf, type SnowflakeConnection, targetOf } from './connection.ts'
import { readKeptSession } from './kept-session.ts'
import { KeyPair } from './key-pair.ts'
import { type Account, makeSession, type OpenTools, openSession } from './open-session.ts'
import { DEFAULT_SNOWFLAKE_OPTIONS, type SnowflakeOptions } from './options.ts'

export interface ConnectorTools {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** In [0, 1): spreads retries. */
  readonly random?: () => number
}

/** Throws ICE_KEY_INVALID for a key that cannot sign, ICE_UPSTREAM_PROTOCOL for a url that may not be used. */
export function createSnowflakeConnector(
  connections: readonly SnowflakeConnection[],
  tools: ConnectorTools,
  options: SnowflakeOptions = DEFAULT_SNOWFLAKE_OPTIONS,
): UpstreamConnector {
  return new SnowflakeConnector(connections, { random: Math.random, ...tools, options })
}

class SnowflakeConnector implements UpstreamConnector {
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #tools: OpenTools

  constructor(connections: readonly SnowflakeConnection[], tools: OpenTools) {
    this.#tools = tools
    this.#accounts = new Map(
      connections.map((connection) => [
        connection.name.toLowerCase(),
        {
          connection,
          keyPair: new KeyPair(connection.name, connection.credential),
          client: new AccountClient(connection, tools.options, tools),
        },
      ]),
    )
  }

  connection(name: string): ConnectionFacts | undefined {
    const account = this.#accounts.get(name.toLowerCase())
    return account && factsOf(account.connection)
  }

  resolve(name: string): ConnectionFacts | undefined {
    const wanted = name.toLowerCase()
    const byName = this.connection(wanted)
    if (byName !== undefined) return byName
    // Drivers cut the region off before they send the account's name.
    const sameAccount = [...this.#accounts.values()].filter(({ connection: { account } }) =>
      [account, accountWithoutRegion(account)].some((form) => form.toLowerCase() === wanted),
    )
    const [only, another] = sameAccount
    return only !== undefined && another === undefined ? factsOf(only.connection) : undefined
  }

  async open(login: UpstreamLogin): Promise<UpstreamSession> {
    const account = this.#accounts.get(login.connection.toLowerCase())
    if (account === undefined) {
      const cause = new Error(`there is no connection ${login.connection}`)
      throw new IcecoreError('ICE_UPSTREAM_LOGIN_FAILED', {}, { cause })
    }
    return openSession(account, login, this.#tools)
  }

  resume(connection: string, kept: Secret): UpstreamSession {
    const account = this.#accounts.get(connection.toLowerCase())
    if (account === undefined) {
      const cause = new Error(`there is no connection ${connection}`)
      throw new IcecoreError('ICE_UPSTREAM_SESSION_LOST', {}, { cause })
    }
    return makeSession(account, readKeptSession(kept, targetOf(account.connection)), this.#tools)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#accounts.values()].map(({ client }) => client.transport.close()))
  }
}
