import { isDeepStrictEqual } from 'node:util'
import { IcecoreError, isIcecoreError } from '../../errors.ts'
import type { ConnectionFacts, UpstreamConnector, UpstreamLogin, UpstreamSession } from '../../gate/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import { AccountClient, type LastWord } from './account-client.ts'
import { accountWithoutRegion, type SnowflakeConnection, targetOf } from './connection.ts'
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
): SnowflakeConnector {
  return new SnowflakeConnector(connections, { random: Math.random, ...tools, options })
}

/** What is known of a connection, for the people who run Icecore. */
export interface ConnectionState {
  readonly name: string
  readonly account: string
  readonly user: string
  readonly lastWord: LastWord | null
}

/** Other connections, made and checked, that do not hold yet. */
export interface PreparedConnections {
  /** Names of connections that lead elsewhere than before, or that are gone: sessions on them cannot go on. */
  readonly cut: ReadonlySet<string>
  /** Connections with another key than before, by its fingerprint. */
  readonly rekeyed: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  /** From now on they hold. Returns the way to let go of what only the former ones needed. */
  apply(): () => Promise<void>
}

type Accounts = ReadonlyMap<string, Account>

export class SnowflakeConnector implements UpstreamConnector {
  #accounts: Accounts = new Map()
  readonly #tools: OpenTools

  constructor(connections: readonly SnowflakeConnection[], tools: OpenTools) {
    this.#tools = tools
    this.#accounts = this.#makeAccounts(connections)
  }

  /** Throws as `createSnowflakeConnector` does; what holds goes on holding then. */
  prepare(connections: readonly SnowflakeConnection[]): PreparedConnections {
    const [before, after] = [this.#accounts, this.#makeAccounts(connections)]
    const left = [...before.entries()].filter(([key, { client }]) => after.get(key)?.client !== client)
    return {
      cut: new Set(left.map(([, { connection }]) => connection.name)),
      rekeyed: [...after.entries()].flatMap(
        ([
          key,
          {
            connection: { name },
            keyPair,
          },
        ]) => {
          const from = before.get(key)?.keyPair.fingerprint ?? keyPair.fingerprint
          return from === keyPair.fingerprint ? [] : [{ name, from, to: keyPair.fingerprint }]
        },
      ),
      apply: () => {
        this.#accounts = after
        return async () => void (await Promise.all(left.map(([, { client }]) => client.transport.close())))
      },
    }
  }

  states(): readonly ConnectionState[] {
    return [...this.#accounts.values()].map(({ connection: { name, account, user }, client }) => ({
      name,
      account,
      user,
      lastWord: client.lastWord,
    }))
  }

  /** Whatever leads to the same place as before keeps its sockets, whoever logs in there and by which default. */
  #makeAccounts(connections: readonly SnowflakeConnection[]): Accounts {
    const { options } = this.#tools
    return new Map(
      connections.map((connection) => {
        const key = connection.name.toLowerCase()
        const known = this.#accounts.get(key)
        const same = known !== undefined && isDeepStrictEqual(placeOf(known.connection), placeOf(connection))
        const client = same ? known.client : new AccountClient(connection, options, this.#tools)
        return [key, { connection, keyPair: new KeyPair(connection.name, connection.credential), client }]
      }),
    )
  }

  connection(name: string): ConnectionFacts | undefined {
    const account = this.#accounts.get(name.toLowerCase())
    return account && factsOf(account)
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
    return only !== undefined && another === undefined ? factsOf(only) : undefined
  }

  async open(login: UpstreamLogin): Promise<UpstreamSession> {
    const account = this.#accounts.get(login.connection.toLowerCase())
    if (account === undefined) {
      const cause = new Error(`there is no connection ${login.connection}`)
      throw new IcecoreError('ICE_UPSTREAM_LOGIN_FAILED', {}, { cause })
    }
    try {
      return await openSession(account, login, this.#tools)
    } catch (error) {
      if (isIcecoreError(error)) account.client.note(error)
      throw error
    }
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

/** Whatever leads to the same place has the same client. */
function factsOf({ connection, client: place }: Account): ConnectionFacts {
  const { name, account, user, role, warehouse, database, schema } = connection
  return { name, account, user, defaultRole: role, warehouse, database, schema, place }
}

/** What makes a session at the upstream the same session. */
function placeOf({ name, url, account, user, ca, loosen }: SnowflakeConnection): unknown {
  return { name, url, account, user, ca, loosen }
}
