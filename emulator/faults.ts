/** Faults on demand: what the emulator does wrong on purpose, so that a client's answer to it can be tested. */

/** `times`: the fault happens that many times and is used up. `level`: it stays until set to 0. */
const FAULTS = {
  /** The next uses of a session token find it expired (390112). */
  'expire-session': 'times',
  /** The next uses of a master token find it expired (390114). */
  'expire-master': 'times',
  /** Milliseconds that each statement waits before it runs. */
  'slow-query': 'level',
  /** Requests under /queries/ answered with HTTP 503. */
  unavailable: 'times',
  /** Log-ins answered with HTTP 503. */
  'unavailable-login': 'times',
  /** Query requests whose connection drops before the statement runs. */
  'drop-before': 'times',
  /** Query requests whose connection drops after the statement ran, instead of the answer. */
  'drop-after': 'times',
  /** Result polls whose connection drops. */
  'drop-poll': 'times',
  /** Bytes of padding in the next answer to a query. */
  'huge-answer': 'once',
  /** Answers that are cut-off JSON. */
  'invalid-answer': 'times',
  /** Answers that are an HTML page with status 200. */
  'html-answer': 'times',
  /** Answers whose final role, warehouse, database and schema are not the session's. */
  'wrong-context': 'times',
  /** 1: secondary roles stay ALL whatever the session asked for. */
  'secondary-roles': 'level',
  /** Answers in Arrow format, without the rows that they announce. */
  'arrow-answer': 'times',
  /** Chunks whose rows or record batches stop early although the body ends cleanly. */
  'chunk-short': 'times',
  /** Chunks whose gzip stream stops early although the body ends cleanly. */
  'chunk-cut-gzip': 'times',
  /** Chunks whose connection breaks in the middle. */
  'chunk-broken': 'times',
  /** Chunks with one row fewer than announced. */
  'chunk-row-count': 'times',
  'chunk-403': 'times',
  'chunk-503': 'times',
  /** Milliseconds before the first byte of each chunk. */
  'chunk-slow': 'level',
  /** Chunks with a few bytes changed in their middle. */
  'chunk-corrupt': 'times',
  /** Chunks that are neither JSON nor Arrow. */
  'chunk-invalid': 'times',
} as const satisfies Record<string, 'times' | 'level' | 'once'>

export type FaultName = keyof typeof FAULTS

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[]

export interface FaultSetting {
  readonly name: FaultName
  readonly value: number
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}

/** The faults of one emulator. */
export class Faults {
  readonly #values = new Map<FaultName, number>()

  constructor(settings: readonly FaultSetting[] = []) {
    for (const { name, value } of settings) this.set(name, value)
  }

  /** Sets a fault: how many times it happens, or its level. 0 ends it. */
  set(name: FaultName, value = 1): void {
    if (value > 0) this.#values.set(name, value)
    else this.#values.delete(name)
  }

  /** Ends every fault. */
  clear(): void {
    this.#values.clear()
  }

  /** The value of a fault, used up as its kind says; 0 when the fault is not set. */
  take(name: FaultName): number {
    const value = this.#values.get(name) ?? 0
    if (value > 0 && FAULTS[name] !== 'level') this.set(name, FAULTS[name] === 'times' ? value - 1 : 0)
    return value
  }

  /** What is set and not used up yet. */
  current(): Readonly<Partial<Record<FaultName, number>>> {
    return Object.fromEntries(this.#values)
  }
}
