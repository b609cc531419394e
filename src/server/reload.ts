/**
 * Another configuration for a running Icecore: read and made whole before any of it holds. What cannot be used changes
 * nothing. Sessions that by the new one would not be end at once.
 */

import type { PreparedConnections, SnowflakeConnector } from '../adapters/snowflake/index.ts'
import { createTokenVerifier, type IssuersVerifier } from '../adapters/tokens/index.ts'
import type { ReloadJson } from '../api-schema/index.ts'
import type { EventFacts, EventInput } from '../core/recording/index.ts'
import { IcecoreError, isIcecoreError } from '../errors.ts'
import {
  type AccessToday,
  LEADS_ELSEWHERE,
  type Recorder,
  type Session,
  type SessionRegistry,
  whyAccessIsGone,
} from '../gate/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Config, compareConfigs, type Difference, keepFixed, type LoadedConfig } from './config/index.ts'
import { mapAgents, mapConnections, mapIssuers, mapPeople } from './map-config.ts'
import { hashOfConfig, type Settings } from './settings.ts'

export type ReloadedBy = EventFacts['operator.reloaded']['by']

export interface ConfigFile {
  readonly path: string
  load(): Promise<LoadedConfig>
}

export interface ReloadTools {
  /** Null where Icecore was not started from one. */
  readonly configFile: ConfigFile | null
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly settings: Settings
  readonly identity: Identity
  readonly upstream: SnowflakeConnector
  readonly access: AccessToday
  readonly registry: SessionRegistry
  readonly recorder: Recorder
  setLogLevel(level: Config['log']['level']): void
  readonly clock: Clock
  readonly log: Log
}

/** Who tokens stand for, by the configuration in force. */
export class Identity {
  #verifier: IssuersVerifier

  constructor(verifier: IssuersVerifier) {
    this.#verifier = verifier
  }

  get current(): IssuersVerifier {
    return this.#verifier
  }

  replace(verifier: IssuersVerifier): void {
    this.#verifier = verifier
  }
}

export async function makeVerifier(
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  before?: IssuersVerifier,
): Promise<IssuersVerifier> {
  const issuers = await mapIssuers(config)
  return createTokenVerifier({ issuers, people: mapPeople(config), agents: mapAgents(config), clock, log }, before)
}

/** What the configuration in force was read as. */
export interface LoadedFacts {
  readonly file: string | null
  readonly hash: string
  /** Wall clock, milliseconds. */
  readonly loadedAt: number
  /** Paths of what holds from the next start only. */
  readonly restartNeeded: readonly string[]
}

/** Everything a new configuration needs, before it holds. */
interface Prepared {
  readonly config: Config
  readonly verifier: IssuersVerifier
  readonly connections: PreparedConnections
}

/** The record tells so many changes one by one. */
const MOST_CHANGES = 100

export class Reloader {
  readonly #tools: ReloadTools
  #loaded: LoadedFacts
  #work: Promise<unknown> = Promise.resolve()

  constructor(tools: ReloadTools) {
    this.#tools = tools
    const { configFile, settings, clock } = tools
    const file = configFile?.path ?? null
    this.#loaded = { file, hash: hashOfConfig(settings.config), loadedAt: clock.now(), restartNeeded: [] }
  }

  get loaded(): LoadedFacts {
    return this.#loaded
  }

  /** One after the other. Rejects with ICE_OPERATION_UNRECORDED, and nothing is changed then. */
  reload(by: ReloadedBy): Promise<ReloadJson> {
    const next = this.#work.then(() => this.#reload(by))
    this.#work = next.catch(() => undefined)
    return next
  }

  async #reload(by: ReloadedBy): Promise<ReloadJson> {
    const { configFile, log } = this.#tools
    const unchanged = { from: this.#loaded.hash, to: null, changes: [], untold: 0, ended: [] }
    try {
      if (configFile === null) throw new IcecoreError('ICE_RELOAD_WITHOUT_FILE', {}, { hint: 'start the demo anew' })
      const loaded = await configFile.load()
      const { file } = loaded
      if (!loaded.ok) {
        const problems = loaded.problems.map(({ code, at: { path, line } }) => ({ code, path, line }))
        await this.#refused(by, problems)
        return { ok: false, file, problems: loaded.problems, error: null, hint: null, ...unchanged }
      }
      const prepared = await this.#prepare(loaded.config)
      const done = await this.#apply(by, file, loaded.config, prepared)
      return { ok: true, file, problems: loaded.warnings, error: null, hint: null, ...done }
    } catch (error) {
      if (!isIcecoreError(error) || error.code === 'ICE_OPERATION_UNRECORDED') throw error
      log.warn('operator.reloadRefused', { error })
      await this.#refused(by, [{ code: error.code, path: '', line: 0 }])
      const { message, hint = null } = error
      return { ok: false, file: this.#loaded.file, problems: [], error: message, hint, ...unchanged }
    }
  }

  /** Rejects with the error of the part that cannot be made. */
  async #prepare(config: Config): Promise<Prepared> {
    const { upstream, identity, environment } = this.#tools
    return {
      config,
      connections: upstream.prepare(await mapConnections(config, { environment })),
      verifier: await makeVerifier(config, this.#tools, identity.current),
    }
  }

  async #apply(
    by: ReloadedBy,
    file: string,
    config: Config,
    { connections, verifier }: Prepared,
  ): Promise<Pick<ReloadJson, 'from' | 'to' | 'changes' | 'untold' | 'ended'>> {
    const { settings, identity, clock, log } = this.#tools
    const all = [...compareConfigs(settings.config, config), ...connections.rekeyed.map(describeRekeyed)]
    const changes = all.slice(0, MOST_CHANGES)
    const told = { from: this.#loaded.hash, to: hashOfConfig(config), changes, untold: all.length - changes.length }
    await this.#record({ type: 'operator.reloaded', session: null, facts: { by, ...told } })
    // From here to the end of this block nothing is awaited and nothing fails: all of it holds, or nothing.
    settings.replace(keepFixed(settings.config, config))
    identity.replace(verifier)
    const letGo = connections.apply()
    this.#tools.setLogLevel(settings.config.log.level)
    const restartNeeded = all.filter(({ live }) => !live).map(({ path }) => path)
    this.#loaded = { file, hash: told.to, loadedAt: clock.now(), restartNeeded }
    log.info('config.reloaded', { hash: told.to, changes: all.length, restartNeeded: restartNeeded.length })
    const ended = await this.#endThoseWithoutAccess(connections.cut)
    await letGo()
    return { ...told, ended }
  }

  async #endThoseWithoutAccess(cut: ReadonlySet<string>): Promise<ReloadJson['ended']> {
    const { registry, access } = this.#tools
    const ending = [...registry.all()].flatMap((session) => {
      const { principal, connection } = session.facts
      const reason =
        whyAccessIsGone({ principal, connection, roles: rolesOf(session) }, access) ??
        (cut.has(connection) ? LEADS_ELSEWHERE : null)
      return reason === null ? [] : [{ session, reason }]
    })
    await Promise.all(ending.map(({ session, reason }) => registry.end(session, reason)))
    return ending.map(({ session, reason }) => ({ session: session.id, reason }))
  }

  #refused(by: ReloadedBy, problems: EventFacts['operator.reloadRefused']['problems']): Promise<void> {
    const first = problems.slice(0, MOST_CHANGES)
    return this.#record({ type: 'operator.reloadRefused', session: null, facts: { by, problems: first } })
  }

  #record(event: EventInput): Promise<void> {
    return this.#tools.recorder.append(event).catch((cause: unknown) => {
      throw new IcecoreError('ICE_OPERATION_UNRECORDED', {}, { cause })
    })
  }
}

/** Those of its state, and those to which a statement under way may change it. */
function rolesOf({ facts, state, openRuns }: Session): readonly (string | null)[] {
  const changes = [...openRuns].flatMap((run) => run.changes)
  return [
    facts.upstream.context.role,
    ...state.contexts.map(({ role }) => role),
    ...changes.flatMap((change) => (change.change === 'use_role' ? [change.name] : [])),
  ]
}

/** The file that a reference names may hold another key than before, while the reference is the same. */
function describeRekeyed({ name, from, to }: PreparedConnections['rekeyed'][number]): Difference {
  const path = `connections.${name}.credential`
  return { path, from: JSON.stringify(from), to: JSON.stringify(to), live: true }
}
