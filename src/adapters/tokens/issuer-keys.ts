import { IcecoreError, isIcecoreError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { fetchKeySet, findKeySetUrl } from './fetch-key-set.ts'
import type { HttpGet } from './http-get.ts'
import type { IssuerSettings } from './issuer-settings.ts'
import { type KeySet, readKeySet } from './key-set.ts'

export interface KeyFetchLimits {
  /** Bounds of how long fetched keys are used without asking again; `Cache-Control: max-age` chooses between them. */
  readonly minFreshMs: number
  readonly maxFreshMs: number
  /** Where the issuer does not say. */
  readonly defaultFreshMs: number
  /** How long keys are used past that while the issuer cannot be asked. */
  readonly staleIfErrorMs: number
  /** Shortest time between two refreshes that unknown keys bring about. */
  readonly refreshForMissMs: number
  /** Wait after the first failure; doubles with each further one. */
  readonly firstBackoffMs: number
  readonly maxBackoffMs: number
  readonly timeoutMs: number
  readonly maxBytes: number
}

export const KEY_FETCH_LIMITS: KeyFetchLimits = {
  minFreshMs: 60_000,
  maxFreshMs: 3_600_000,
  defaultFreshMs: 600_000,
  staleIfErrorMs: 6 * 3_600_000,
  refreshForMissMs: 30_000,
  firstBackoffMs: 1_000,
  maxBackoffMs: 300_000,
  timeoutMs: 5_000,
  maxBytes: 262_144,
}

/** What is known of an issuer's keys, for the people who run Icecore. */
export interface IssuerKeyState {
  readonly issuer: string
  /**
   * `not_asked`: no token of it has come. `stale`: what was fetched is still used, though the issuer does not answer.
   * `unavailable`: its tokens are refused.
   */
  readonly state: 'not_asked' | 'fresh' | 'stale' | 'unavailable'
  readonly keys: number
  /** Fetches that failed in a row, and why the last one did. */
  readonly failures: number
  readonly reason: string | null
}

interface IssuerKeysOptions {
  readonly settings: IssuerSettings
  readonly http: HttpGet
  readonly clock: Clock
  readonly log: Log
  readonly limits: KeyFetchLimits
}

interface FetchedKeys {
  readonly set: KeySet
  /** On the monotonic clock. */
  readonly freshUntil: number
}

/**
 * The keys of one issuer. Each issuer has its own, so that one that is slow, down or hostile harms only its own
 * tokens: all callers wait for one fetch, failures are not repeated at the pace of log-ins, and keys that were good
 * stay good for a bounded time while the issuer is away.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  #fetched: FetchedKeys | null = null
  #keySetUrl: URL | null = null
  /** Why the issuer could not be asked, where that is for a person to put right. */
  #untrusted: IcecoreError | null = null
  #running: Promise<void> | null = null
  #failures = 0
  #reason: string | null = null
  /** On the monotonic clock, as the next one. */
  #retryAt = Number.NEGATIVE_INFINITY
  #missRefreshAllowedAt = Number.NEGATIVE_INFINITY

  constructor(options: IssuerKeysOptions) {
    this.#options = options
  }

  /**
   * The keys to verify with. Rejects with ICE_ISSUER_UNAVAILABLE when there are none that may still be used, and with
   * ICE_CERTIFICATE_UNTRUSTED when that is because the issuer is not trusted to be itself.
   */
  async current(): Promise<KeySet> {
    const now = this.#options.clock.monotonic()
    if (this.#fetched === null || now >= this.#fetched.freshUntil) await this.#refresh()
    return this.#usable()
  }

  /**
   * The keys after a token that none of them fits: the issuer may just have begun to sign with a new one. Asks the
   * issuer at most once per `refreshForMissMs`, so that a flood of forged tokens costs nothing.
   */
  async afterMiss(): Promise<KeySet> {
    const now = this.#options.clock.monotonic()
    const isFetched = this.#options.settings.keys.from !== 'static'
    if (isFetched && now >= this.#missRefreshAllowedAt) {
      this.#missRefreshAllowedAt = now + this.#options.limits.refreshForMissMs
      // The issuer may also have moved its keys.
      this.#keySetUrl = null
      await this.#refresh()
    } else {
      // Another token may have asked just now; its answer is ours too.
      await this.#running
    }
    return this.#usable()
  }

  /** True while the issuer does not answer: a key that is unknown here may then exist there. */
  get failing(): boolean {
    return this.#failures > 0
  }

  get state(): IssuerKeyState {
    const issuer = this.#options.settings.name
    const keys = this.#fetched?.set.keys.length ?? 0
    const failed = { failures: this.#failures, reason: this.#reason }
    if (this.#fetched === null && !this.failing) return { issuer, state: 'not_asked', keys, ...failed }
    if (!this.#isUsable(this.#fetched)) return { issuer, state: 'unavailable', keys, ...failed }
    return { issuer, state: this.failing ? 'stale' : 'fresh', keys, ...failed }
  }

  #isUsable(fetched: FetchedKeys | null): fetched is FetchedKeys {
    const { clock, limits } = this.#options
    return fetched !== null && clock.monotonic() < fetched.freshUntil + limits.staleIfErrorMs
  }

  #usable(): KeySet {
    const fetched = this.#fetched
    if (!this.#isUsable(fetched)) {
      if (this.#untrusted !== null) throw this.#untrusted
      throw new IcecoreError(
        'ICE_ISSUER_UNAVAILABLE',
        {},
        { cause: new Error(`no keys of ${this.#options.settings.name}`) },
      )
    }
    return fetched.set
  }

  /** Settles when the fetch has ended, well or not; does nothing while a failure is being waited out. */
  async #refresh(): Promise<void> {
    if (this.#running === null) {
      if (this.#options.clock.monotonic() < this.#retryAt) return
      this.#running = this.#fetch().finally(() => {
        this.#running = null
      })
    }
    await this.#running
  }

  async #fetch(): Promise<void> {
    const { settings, clock, log, limits } = this.#options
    try {
      const { set, freshMs } = await this.#load()
      this.#fetched = { set, freshUntil: clock.monotonic() + freshMs }
      this.#failures = 0
      this.#reason = null
      this.#untrusted = null
      this.#retryAt = Number.NEGATIVE_INFINITY
      log.info('issuer_keys_fetched', { issuer: settings.name, keys: set.keys.length, skipped: set.skipped })
    } catch (error) {
      const backoffMs = Math.min(limits.firstBackoffMs * 2 ** this.#failures, limits.maxBackoffMs)
      this.#failures += 1
      this.#retryAt = clock.monotonic() + backoffMs
      this.#keySetUrl = null
      this.#untrusted = isIcecoreError(error, 'ICE_CERTIFICATE_UNTRUSTED') ? error : null
      const reason = error instanceof Error ? error.message : String(error)
      this.#reason = reason
      log.warn('issuer_keys_unavailable', {
        issuer: settings.name,
        reason,
        failures: this.#failures,
        retryInMs: backoffMs,
      })
    }
  }

  async #load(): Promise<{ readonly set: KeySet; readonly freshMs: number }> {
    const { settings, http, limits } = this.#options
    if (settings.keys.from === 'static') {
      const set = await readKeySet({ keys: settings.keys.keys }, settings.algorithms)
      return { set, freshMs: Number.POSITIVE_INFINITY }
    }
    this.#keySetUrl ??= await findKeySetUrl(settings.issuer, settings.keys, http, limits)
    const { document, maxAgeMs } = await fetchKeySet(this.#keySetUrl, http, limits)
    const freshMs = Math.min(Math.max(maxAgeMs ?? limits.defaultFreshMs, limits.minFreshMs), limits.maxFreshMs)
    return { set: await readKeySet(document, settings.algorithms), freshMs }
  }
}
