/** The official Node driver as a client of the crash test: it retries by itself, and is told what any agent is told. */
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { type Client, chooseStatement, type Told } from './client.ts'

export class DriverClient implements Client {
  readonly told: Told[] = []
  readonly #name: string
  readonly #url: string
  readonly #mint: () => string
  readonly #random: () => number
  #longestMs = 0

  constructor(name: string, url: string, mint: () => string, random: () => number) {
    this.#name = name
    this.#url = url
    this.#mint = mint
    this.#random = random
  }

  get longestMs(): number {
    return this.#longestMs
  }

  async run(signal: AbortSignal): Promise<void> {
    const driver = await NodeDriver.connect({ accessUrl: this.#url, token: this.#mint() })
    while (!signal.aborted) {
      const { marker, kind, sql } = chooseStatement(this.#name, this.told.length + 1, this.#random)
      const begun = performance.now()
      const told = await driver.query(sql).then(
        (): Pick<Told, 'outcome' | 'message'> => ({ outcome: 'acknowledged', message: '' }),
        ({ message }: DriverError): Pick<Told, 'outcome' | 'message'> => ({
          outcome: message.includes('ICE_OUTCOME_UNKNOWN') ? 'unknown' : 'failed',
          message,
        }),
      )
      this.#longestMs = Math.max(this.#longestMs, performance.now() - begun)
      this.told.push({ marker, kind, sha256: null, ...told })
    }
    await driver.close()
  }
}
