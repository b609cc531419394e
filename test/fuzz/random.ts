/** Chance for one attack: the same for the same seed and index, whatever ran before. */
import { createHash } from 'node:crypto'
import { seededRandom } from '../support/seeded-random.ts'

export class Random {
  readonly #next: () => number

  constructor(...names: readonly (string | number)[]) {
    this.#next = seededRandom(createHash('sha256').update(JSON.stringify(names)).digest().readUInt32LE())
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }

  chance(probability: number): boolean {
    return this.#next() < probability
  }

  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const picked = list[this.below(list.length)]
    if (picked === undefined) throw new RangeError('there is nothing to pick')
    return picked
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }

  uuid(): string {
    const hex = this.bytes(16).toString('hex')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }
}
