/** What a scenario is: a program of the client's, what happens around it, and what must be true afterwards. */
import assert from 'node:assert/strict'
import type { SeenStatement } from '../../emulator/index.ts'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import type { Authority, ClientWorld } from './client-world.ts'
import type { Kit, KitName } from './kits/index.ts'
import type { Target } from './target.ts'
import type { Errand, SeenRequest } from './wire.ts'

export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly sqlState: string | null; readonly message: string }
  /** From the moment at which the program said that it has begun; without that, from its start. */
  readonly seconds: number
}

export interface Evidence {
  readonly answer: Answer
  /** The same through the same driver without Icecore, where it was asked for. */
  readonly direct: Answer | null
  readonly kit: Kit
  readonly world: ClientWorld
  /** What passed the wire. */
  readonly wire: readonly SeenRequest[]
  /** What reached the warehouse in sessions of agents: Icecore's own statements at log-in are left out. */
  readonly reached: readonly SeenStatement[]
  /** What is on record of it. */
  readonly events: () => Promise<readonly RecordedEvent[]>
}

export interface Scenario {
  readonly name: string
  readonly title: string
  /** In the programs. */
  readonly program: string
  /** Put over what every program is told. */
  readonly target?: (world: ClientWorld) => Target
  /** `impatient`: tokens live for ten seconds, and no answer is held for longer than two. */
  readonly world?: 'impatient'
  /** The wire, unless it says otherwise. */
  readonly through?: 'gateway' | 'tls'
  readonly trusts?: Authority
  readonly environment?: Readonly<Record<string, string>>
  /** Before the program starts. */
  readonly before?: (world: ClientWorld) => void
  /** Once the program has connected; it waits until this is done. */
  readonly begun?: (world: ClientWorld) => void | Promise<void>
  /** The same, and it does not wait. */
  readonly meanwhile?: (world: ClientWorld) => Promise<void>
  /** However it went. */
  readonly afterwards?: (world: ClientWorld) => void | Promise<void>
  readonly compared?: true
  /** Its message belongs into the table of what people see, under these words. */
  readonly shows?: string
  /** Clients that it is not for, and why. */
  readonly except?: Readonly<Partial<Record<KitName, string>>>
  readonly check: (evidence: Evidence) => void | Promise<void>
}

/** A message is shown at once, once, and by itself. */
const SOON_SECONDS = 10

/** The result, or a failure that says what came instead. */
export function resultOf({ result, error }: Answer): unknown {
  assert.equal(error, undefined, `it failed: ${JSON.stringify(error)}`)
  return result
}

export function errorOf({ result, error }: Answer): NonNullable<Answer['error']> {
  assert.ok(error !== undefined, `it gave ${JSON.stringify(result)}`)
  return error
}

/** `code`: without leading zeros; null where clients have codes of their own. */
export function assertRefused(answer: Answer, code: string | null, message: RegExp): void {
  const error = errorOf(answer)
  if (code !== null) assert.equal(error.code.replace(/^0+/, ''), code, error.message)
  assert.match(error.message, message)
  assert.ok(answer.seconds < SOON_SECONDS, `it took ${answer.seconds} s`)
}

export function count(wire: readonly SeenRequest[], errand: Errand): number {
  return wire.filter((request) => request.errand === errand).length
}

/** The last cell of the first row. */
export function lastCell(answer: Answer): string | null {
  const [row = []] = resultOf(answer) as (string | null)[][]
  return row.at(-1) ?? null
}
