/**
 * Refused requests and log-ins on record, so that nobody fills the disk without a token: the first of a kind from a
 * source is recorded at once, the others of the same window are counted and recorded as one.
 */
import type { EventFacts, NetworkFacts } from '../core/recording/index.ts'
import { isIcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Recorder } from './ports.ts'

export interface RefusalLimits {
  /** Milliseconds. */
  readonly window: number
  /** Different (source, reason) pairs counted apart in one window; the rest is counted together. */
  readonly kinds: number
}

export const DEFAULT_REFUSAL_LIMITS: RefusalLimits = { window: 60_000, kinds: 1_000 }

type RefusalEvent =
  | { readonly type: 'login.refused'; readonly session: null; readonly facts: EventFacts['login.refused'] }
  | { readonly type: 'request.refused'; readonly session: string | null; readonly facts: EventFacts['request.refused'] }

interface Count {
  readonly event: RefusalEvent
  more: number
}

/** All refusals beyond the limit of kinds. */
const OVERFLOW = 'overflow'
const MANY_SOURCES: NetworkFacts = { address: 'many', userAgent: null }

export class Refusals {
  readonly #recorder: Recorder
  readonly #clock: Clock
  readonly #log: Log
  readonly #limits: RefusalLimits
  readonly #counts = new Map<string, Count>()

  constructor(tools: { readonly recorder: Recorder; readonly clock: Clock; readonly log: Log }, limits: RefusalLimits) {
    this.#recorder = tools.recorder
    this.#clock = tools.clock
    this.#log = tools.log
    this.#limits = limits
  }

  /** A log-in that ended with this error: what exactly was wrong is for the record alone. */
  loginFailed(error: unknown, of: Pick<EventFacts['login.refused'], 'network' | 'connection'>): void {
    const known = isIcecoreError(error) ? error : null
    this.loginRefused({
      ...of,
      reason: String(known?.details.reason ?? known?.code ?? 'internal'),
      detail: known?.cause instanceof Error ? known.cause.message : (known?.message ?? 'an internal failure'),
    })
  }

  loginRefused(facts: Omit<EventFacts['login.refused'], 'attempts'>): void {
    const event = { type: 'login.refused', session: null, facts: { ...facts, attempts: 1 } } as const
    this.#note(`login ${facts.network?.address ?? `of Icecore itself, ${facts.connection}`} ${facts.reason}`, event)
  }

  requestRefused(session: string | null, facts: Omit<EventFacts['request.refused'], 'attempts'>): void {
    const event = { type: 'request.refused', session, facts: { ...facts, attempts: 1 } } as const
    this.#note(`request ${session ?? ''} ${facts.network.address} ${facts.icecore}`, event)
  }

  #note(kind: string, event: RefusalEvent): void {
    this.#log.warn(event.type, { session: event.session, ...event.facts })
    const known = this.#counts.get(kind)
    if (known !== undefined) {
      known.more += 1
      return
    }
    if (this.#counts.size >= this.#limits.kinds) {
      this.#countTogether(event)
      return
    }
    this.#open(kind, event)
    this.#record(event)
  }

  #open(kind: string, event: RefusalEvent): void {
    const count: Count = { event, more: 0 }
    this.#counts.set(kind, count)
    this.#clock.timer(this.#limits.window, () => {
      this.#counts.delete(kind)
      if (count.more > 0) this.#record(withAttempts(count.event, count.more))
    })
  }

  #countTogether(event: RefusalEvent): void {
    const kind = `${OVERFLOW} ${event.type}`
    const known = this.#counts.get(kind)
    if (known !== undefined) known.more += 1
    else this.#open(kind, withSource(event, MANY_SOURCES))
  }

  /** A refusal that cannot be recorded stays a refusal: nothing was done for it. */
  #record(event: RefusalEvent): void {
    this.#recorder.append(event).catch(() => this.#log.error('refusal.unrecorded', { type: event.type }))
  }
}

function withAttempts(event: RefusalEvent, attempts: number): RefusalEvent {
  return event.type === 'login.refused'
    ? { ...event, facts: { ...event.facts, attempts } }
    : { ...event, facts: { ...event.facts, attempts } }
}

function withSource(event: RefusalEvent, network: NetworkFacts): RefusalEvent {
  return event.type === 'login.refused'
    ? { ...event, facts: { ...event.facts, network } }
    : { ...event, session: null, facts: { ...event.facts, network } }
}
