/** How a running Icecore is doing, for the people who run it. */

import type { SnowflakeConnector } from '../adapters/snowflake/index.ts'
import type { StatusJson } from '../api-schema/index.ts'
import type { Readiness } from '../doors/ops/index.ts'
import type { Recorder, SessionRegistry } from '../gate/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Identity, LoadedFacts } from './reload.ts'
import type { Settings } from './settings.ts'

export interface StatusTools {
  readonly version: string
  readonly settings: Settings
  readonly recorder: Recorder
  readonly registry: SessionRegistry
  readonly upstream: SnowflakeConnector
  readonly identity: Identity
  readonly index: { lastLsn(): Promise<number> }
  readonly clock: Clock
  listeners(): StatusJson['listeners']
  readiness(): Readiness
  certificates(): StatusJson['certificates']
  isDraining(): boolean
  loaded(): LoadedFacts
  freeBytes(): Promise<number>
}

export class StatusReport {
  readonly #tools: StatusTools
  readonly #startedAt: number
  readonly #started: number

  constructor(tools: StatusTools) {
    this.#tools = tools
    this.#startedAt = tools.clock.now()
    this.#started = tools.clock.monotonic()
  }

  async make(): Promise<Omit<StatusJson, 'recorded'>> {
    const { version, settings, registry, upstream, identity, clock } = this.#tools
    const { config } = settings
    const { ready, reasons, warnings } = this.#tools.readiness()
    const lsn = lsnOf(this.#tools.recorder.head())
    const { rss, heapUsed, external } = process.memoryUsage()
    return {
      version,
      node: process.versions.node,
      pid: process.pid,
      startedAt: this.#startedAt,
      uptimeMs: Math.round(clock.monotonic() - this.#started),
      state: this.#tools.isDraining() ? 'draining' : ready ? 'ready' : 'not_ready',
      reasons,
      warnings: [...warnings],
      data: config.data,
      config: this.#tools.loaded(),
      listeners: this.#tools.listeners(),
      certificates: this.#tools.certificates(),
      sessions: { open: registry.size, limit: config.limits.sessions, openStatements: registry.openStatements() },
      journal: {
        lsn,
        failure: this.#tools.recorder.failure(),
        freeBytes: await orNull(this.#tools.freeBytes()),
        lowWaterBytes: config.recording.low_water,
      },
      index: await this.#index(lsn),
      memory: { rssBytes: rss, heapBytes: heapUsed, outsideHeapBytes: external },
      issuers: identity.current.keyStates().map(({ issuer: name, ...state }) => ({ name, ...state })),
      connections: upstream.states().map(({ lastWord, ...connection }) => ({
        ...connection,
        lastAt: lastWord?.at ?? null,
        error: lastWord?.error ?? null,
      })),
    }
  }

  async #index(newest: number): Promise<StatusJson['index']> {
    const lsn = await orNull(this.#tools.index.lastLsn())
    return { lsn, lag: lsn === null ? null : Math.max(0, newest - lsn) }
  }
}

/** The number before the colon: see `Recorder.head`. */
function lsnOf(head: string): number {
  return Number(head.split(':')[0])
}

function orNull<T>(promise: Promise<T>): Promise<T | null> {
  return promise.catch(() => null)
}
