/**
 * The certificate of one listener through its life: read at start, read again when its files change or when told to, and
 * looked at for its expiry. What cannot be used takes no other's place.
 */
import type { SecretSources } from '../../adapters/secrets/index.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import {
  type CertificateFiles,
  isFor,
  readServerCertificate,
  type ServerCertificate,
  signatureOf,
} from './server-certificate.ts'

export type { CertificateFiles } from './server-certificate.ts'

export interface KeeperOptions {
  /** As the configuration names it, for example `listen.driver[0]`. */
  readonly listener: string
  readonly files: CertificateFiles
  /** Host that clients are sent to; null where nobody is. */
  host(): string | null
}

export interface KeeperTools {
  readonly clock: Clock
  readonly log: Log
  readonly sources: SecretSources
}

/** What is shown of it. */
export interface CertificateState {
  readonly listener: string
  readonly path: string
  /** SHA-256 of the certificate that new connections get. */
  readonly fingerprint: string
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  /** Why clients do not take it; null when all is well. */
  readonly failure: string | null
  /** What somebody should see to, one sentence each. */
  readonly warnings: readonly string[]
}

/** How often files and expiry are looked at. */
const LOOK_MS = 10_000
const DAY_MS = 86_400_000
const WARN_BEFORE_MS = 14 * DAY_MS

export class CertificateKeeper {
  readonly #options: KeeperOptions
  readonly #tools: KeeperTools
  #current: ServerCertificate
  #signature: string
  /** Why the files as they are now were not taken. */
  #problem: string | null = null
  /** What was last said of the times, and when. */
  #said: { readonly text: string; readonly at: number } | null = null
  #takers: ((certificate: ServerCertificate) => void)[] = []
  #work: Promise<void> = Promise.resolve()
  #timer: Timer | null = null
  #closed = false

  private constructor(options: KeeperOptions, tools: KeeperTools, first: ServerCertificate, signature: string) {
    this.#options = options
    this.#tools = tools
    this.#current = first
    this.#signature = signature
  }

  /** Rejects with ICE_SECRET_UNREADABLE or ICE_CERTIFICATE_INVALID. */
  static async open(options: KeeperOptions, tools: KeeperTools): Promise<CertificateKeeper> {
    const signature = await signatureOf(options.files)
    const keeper = new CertificateKeeper(
      options,
      tools,
      await readServerCertificate(options.files, tools.sources),
      signature,
    )
    keeper.#logUse()
    keeper.#logTimes()
    keeper.#schedule()
    return keeper
  }

  get current(): ServerCertificate {
    return this.#current
  }

  /** Calls back with each certificate that takes the place of another. */
  onChange(taker: (certificate: ServerCertificate) => void): void {
    this.#takers.push(taker)
  }

  state(): CertificateState {
    const { listener, files } = this.#options
    const { notBefore, notAfter } = this.#times(this.#current)
    const { failure, warning } = this.#judge()
    return {
      listener,
      path: files.certificate,
      fingerprint: this.#current.leaf.fingerprint256,
      notBefore,
      notAfter,
      failure,
      warnings: [warning, this.#problem, this.#otherHost()].filter((text) => text !== null),
    }
  }

  /** Reads the files, changed or not. What is wrong with them is in the state and in the log; it never rejects. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#read())
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#work
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = this.#tools.clock.timer(LOOK_MS, () => {
      void this.#inTurn(() => this.#look()).then(() => this.#schedule())
    })
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work)
    return this.#work
  }

  async #look(): Promise<void> {
    // Two files are not changed at once: what was not taken is tried again.
    if (this.#problem !== null || (await signatureOf(this.#options.files)) !== this.#signature) await this.#read()
    this.#logTimes()
  }

  async #read(): Promise<void> {
    const { files, listener } = this.#options
    const { log, sources } = this.#tools
    const signature = await signatureOf(files)
    try {
      const read = await readServerCertificate(files, sources)
      const refusal = this.#whyNot(read)
      if (refusal !== null) throw new Error(refusal)
      this.#problem = null
      if (read.leaf.fingerprint256 !== this.#current.leaf.fingerprint256 || read.chain !== this.#current.chain)
        this.#take(read)
    } catch (error) {
      const problem = `The new certificate of ${listener} is not used: ${(error as Error).message}`
      if (problem !== this.#problem)
        log.error('certificate.notUsed', { listener, path: files.certificate, reason: (error as Error).message })
      this.#problem = problem
    }
    this.#signature = signature
  }

  #take(certificate: ServerCertificate): void {
    this.#current = certificate
    this.#said = null
    for (const taker of this.#takers) taker(certificate)
    this.#logUse()
  }

  /** A certificate that no client takes must not drive out one that they do. */
  #whyNot(certificate: ServerCertificate): string | null {
    const { notBefore, notAfter } = this.#times(certificate)
    const now = this.#tools.clock.now()
    if (notAfter <= now) return `it expired on ${dayOf(notAfter)}.`
    if (notBefore > now) return `it is not valid before ${dayOf(notBefore)}.`
    return null
  }

  #judge(): { readonly failure: string | null; readonly warning: string | null } {
    const { listener } = this.#options
    const refusal = this.#whyNot(this.#current)
    if (refusal !== null)
      return { failure: `The certificate of ${listener} is refused by clients: ${refusal}`, warning: null }
    const { notAfter } = this.#times(this.#current)
    if (notAfter - this.#tools.clock.now() > WARN_BEFORE_MS) return { failure: null, warning: null }
    return { failure: null, warning: `The certificate of ${listener} expires on ${dayOf(notAfter)}.` }
  }

  #otherHost(): string | null {
    const host = this.#options.host()
    if (host === null || isFor(this.#current, host)) return null
    return `The certificate of ${this.#options.listener} is not for ${host}, where drivers are sent to.`
  }

  #times({ leaf }: ServerCertificate): { readonly notBefore: number; readonly notAfter: number } {
    return { notBefore: leaf.validFromDate.getTime(), notAfter: leaf.validToDate.getTime() }
  }

  /** Once, and again each day. */
  #logTimes(): void {
    const { failure, warning } = this.#judge()
    const text = failure ?? warning
    const now = this.#tools.clock.now()
    if (text === null || (this.#said?.text === text && now - this.#said.at < DAY_MS)) return
    this.#said = { text, at: now }
    const { listener, files } = this.#options
    const fields = { listener, path: files.certificate, expires: this.#current.leaf.validToDate.toISOString() }
    if (failure === null) this.#tools.log.warn('certificate.expires', fields)
    else this.#tools.log.error('certificate.refused', { ...fields, reason: failure })
  }

  #logUse(): void {
    const { listener, files } = this.#options
    const { fingerprint256, validToDate } = this.#current.leaf
    const fields = {
      listener,
      path: files.certificate,
      fingerprint: fingerprint256,
      expires: validToDate.toISOString(),
    }
    this.#tools.log.info('certificate.used', fields)
    if (this.#otherHost() !== null)
      this.#tools.log.warn('certificate.otherHost', { listener, host: this.#options.host() })
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
