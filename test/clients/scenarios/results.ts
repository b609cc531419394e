/** Rows, as a direct connection gives them. */
import assert from 'node:assert/strict'
import { type Evidence, resultOf, type Scenario } from '../scenario.ts'

/** A result with several chunks. */
export const ROWS = 50_000
export const SUM = (ROWS * (ROWS - 1)) / 2

const MANY = 1_000_000

/** One cell of each type; drivers show them in their own types, which must be those of a direct connection. */
const TYPES_SQL = `SELECT 42::NUMBER(38,0), 12.50::NUMBER(10,2), 1.5::FLOAT, TRUE, 'text ☃', 'F0A1'::BINARY,
  '2024-02-29'::DATE, '12:34:56.789'::TIME, '2024-02-29 12:34:56.789'::TIMESTAMP_NTZ,
  '2024-02-29 12:34:56.789 +0200'::TIMESTAMP_TZ, PARSE_JSON('{"a":[1,null]}'), ARRAY_CONSTRUCT(1, 'b'), NULL,
  99999999999999999999999999999999999999::NUMBER(38,0)`

function isAsDirect({ answer, direct }: Evidence): void {
  assert.ok(direct !== null)
  assert.deepEqual(resultOf(answer), resultOf(direct))
}

export const RESULTS: readonly Scenario[] = [
  {
    name: 'types',
    title: 'each type, as direct',
    program: 'statement',
    target: () => ({ sql: TYPES_SQL }),
    compared: true,
    except: { ADBC: 'reads dates and times from Arrow only' },
    check: isAsDirect,
  },
  {
    name: 'types_json',
    title: 'each type, as direct, in JSON',
    program: 'statement',
    target: () => ({ sql: TYPES_SQL, format: 'JSON' }),
    compared: true,
    except: { ADBC: 'reads dates and times from Arrow only' },
    check: async (evidence) => {
      isAsDirect(evidence)
      const formats = (await evidence.events()).filter((event) => event.type === 'result.schema')
      assert.deepEqual(new Set(formats.map(({ facts }) => facts.format)), new Set(['json']))
    },
  },
  {
    name: 'no_rows',
    title: '0 rows',
    program: 'rows',
    target: () => ({ rows: 0 }),
    check: ({ answer }) => assert.deepEqual(resultOf(answer), [0, 0]),
  },
  {
    name: 'one_row',
    title: '1 row',
    program: 'rows',
    target: () => ({ rows: 1 }),
    check: ({ answer }) => assert.deepEqual(resultOf(answer), [1, 0]),
  },
  {
    name: 'million_rows',
    title: '1,000,000 rows',
    program: 'rows',
    target: () => ({ rows: MANY }),
    check: ({ answer }) => assert.deepEqual(resultOf(answer), [MANY, (MANY * (MANY - 1)) / 2]),
  },
  {
    name: 'describe',
    title: 'described, not run',
    program: 'describe',
    check: async ({ answer, events }) => {
      assert.deepEqual(resultOf(answer), ['N', 'T'])
      assert.ok((await events()).some((event) => event.type === 'statement.received' && event.facts.describeOnly))
    },
  },
]
