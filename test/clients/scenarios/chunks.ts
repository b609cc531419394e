/** Chunks that break, end early, or are not what was announced: all rows, or an error, and never fewer rows. */
import assert from 'node:assert/strict'
import type { FaultName } from '../../../emulator/index.ts'
import { type Evidence, errorOf, resultOf, type Scenario } from '../scenario.ts'
import { ROWS, SUM } from './results.ts'

const LOST_LIMIT_SECONDS = 240

/** Once: most drivers ask again. Python 5 does not, and says so. */
function once(fault: FaultName, title: string): Scenario {
  return {
    name: fault.replaceAll('-', '_'),
    title,
    program: 'rows',
    target: () => ({ rows: ROWS }),
    begun: (world) => world.emulator.faults.set(fault),
    check: (evidence) => {
      allOrNothing(evidence)
      assert.equal(evidence.world.emulator.faults.take(fault), 0, 'the fault did not happen')
    },
  }
}

function allOrNothing({ answer }: Evidence): void {
  if (answer.error === undefined) assert.deepEqual(resultOf(answer), [ROWS, SUM])
  else assert.doesNotMatch(answer.error.message, /panic|nil pointer|StringIndexOutOfBounds/)
}

/** No checksum stands in Arrow: changed values are kept out by TLS and by the storage. What is counted is counted right. */
const corrupt: Scenario = {
  ...once('chunk-corrupt', 'chunk with bytes changed: no row is missing'),
  check: ({ answer }) => {
    if (answer.error === undefined) assert.equal((resultOf(answer) as number[])[0], ROWS)
  },
}

export const CHUNKS: readonly Scenario[] = [
  once('chunk-broken', 'chunk breaks off'),
  once('chunk-short', 'chunk ends early but cleanly'),
  once('chunk-cut-gzip', 'chunk’s gzip ends early'),
  once('chunk-row-count', 'chunk with a row too few'),
  corrupt,
  once('chunk-invalid', 'chunk that is none'),
  once('chunk-403', 'chunk refused by the storage'),
  once('chunk-503', 'storage answers 503'),
  {
    name: 'chunk_lost',
    title: 'chunk lost for good: an error',
    program: 'rows',
    target: () => ({ rows: ROWS }),
    begun: (world) => world.emulator.faults.set('chunk-short', 10_000),
    shows: 'a chunk of the result is lost',
    check: async ({ answer, events }) => {
      errorOf(answer)
      assert.ok(answer.seconds < LOST_LIMIT_SECONDS, `it took ${answer.seconds} s`)
      assert.ok((await events()).some(({ type }) => type === 'result.broken'))
    },
  },
]
