/**
 * A client that never gives up: bare requests, sent again under the same request id for as long as nobody answers, as
 * drivers do. It remembers what it was told, to be compared with the record and the warehouse.
 */
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type RawAnswer, RawDriver } from '../support/raw-driver.ts'
import { type Client, chooseStatement, type Told } from './client.ts'

/** The most impatient driver gives up after some 10 s; this one shows how long it really took. */
const PATIENCE_MS = 60_000
const AGAIN_MS = 50

export class RawClient implements Client {
  readonly told: Told[] = []
  readonly #name: string
  readonly #mint: () => string
  readonly #random: () => number
  #driver: RawDriver
  #longestMs = 0

  constructor(name: string, url: string, mint: () => string, random: () => number) {
    this.#name = name
    this.#mint = mint
    this.#random = random
    this.#driver = new RawDriver(url)
  }

  get longestMs(): number {
    return this.#longestMs
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#logIn()
    while (!signal.aborted) {
      // A session that ends and another that begins are a part of the load.
      if (this.#random() < 0.02) await this.#logInAnew()
      this.told.push(await this.#statement())
    }
    await this.#driver.post('/session?delete=true', {})
  }

  async #statement(): Promise<Told> {
    const { marker, kind, sql } = chooseStatement(this.#name, this.told.length + 1, this.#random)
    const requestId = randomUUID()
    let answer = await this.#again(() => this.#driver.query(sql, {}, requestId))
    while (answer.json.code === '333333' || answer.json.code === '333334') {
      const path = String(answer.json.data?.getResultUrl)
      answer = await this.#again(() => this.#driver.get(path))
    }
    const message = answer.json.message ?? ''
    if (answer.json.success === true) {
      const sha256 = createHash('sha256').update(answer.text).digest('hex')
      return { marker, kind, outcome: 'acknowledged', sha256, message }
    }
    const outcome = message.includes('ICE_OUTCOME_UNKNOWN') ? 'unknown' : 'failed'
    return { marker, kind, outcome, sha256: null, message: `${answer.status} ${message}` }
  }

  async #logInAnew(): Promise<void> {
    await this.#again(() => this.#driver.post('/session?delete=true', {}))
    await this.#logIn()
  }

  async #logIn(): Promise<void> {
    const answer = await this.#again(() => this.#driver.logIn(this.#mint()))
    if (answer.json.success !== true) throw new Error(`the log-in failed: ${answer.text}`)
  }

  async #again(ask: () => Promise<RawAnswer>): Promise<RawAnswer> {
    const begun = performance.now()
    for (;;) {
      const answer = await ask().catch(() => null)
      const waited = performance.now() - begun
      if (answer !== null && answer.status !== 503) {
        this.#longestMs = Math.max(this.#longestMs, waited)
        return answer
      }
      if (waited > PATIENCE_MS) throw new Error(`${this.#name} got no answer for ${PATIENCE_MS} ms`)
      await pause(AGAIN_MS)
    }
  }
}
