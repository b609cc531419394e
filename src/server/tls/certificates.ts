/** The certificates of all listeners. */
import { CertificateKeeper, type CertificateState, type KeeperOptions, type KeeperTools } from './certificate-keeper.ts'

export class Certificates {
  readonly #keepers: ReadonlyMap<string, CertificateKeeper>

  private constructor(keepers: ReadonlyMap<string, CertificateKeeper>) {
    this.#keepers = keepers
  }

  /** Rejects, with nothing left open, when one of them cannot be used. */
  static async open(all: readonly KeeperOptions[], tools: KeeperTools): Promise<Certificates> {
    const keepers = new Map<string, CertificateKeeper>()
    const certificates = new Certificates(keepers)
    try {
      for (const options of all) keepers.set(options.listener, await CertificateKeeper.open(options, tools))
      return certificates
    } catch (error) {
      await certificates.close()
      throw error
    }
  }

  /** Null for a listener without TLS. */
  of(listener: string): CertificateKeeper | null {
    return this.#keepers.get(listener) ?? null
  }

  /** Reads all files again. */
  async reload(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.reload()))
  }

  states(): readonly CertificateState[] {
    return [...this.#keepers.values()].map((keeper) => keeper.state())
  }

  async close(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.close()))
  }
}
