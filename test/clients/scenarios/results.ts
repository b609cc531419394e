/** Rows, as a direct connection gives them. */
import assert from 'node:assert/strict'
import { type Evidence, resultOf, type Scenario } from '../scenario.ts'

/** A result with several chunks. */
export const ROWS = 50_000
export const SUM = (ROWS * (ROWS - 1)) / 2

const MANY = 1_000_000

/** One cell of each type and width; drivers show them in their own types, which must be those of a direct connection. */
const TYPES_SQL = `SELECT 42::NUMBER(38,0), 7::NUMBER(2,0), -12.50::NUMBER(10,2), 0.000000001::NUMBER(18,9), 1.5::FLOAT, TRUE,
  'text ☃', 'F0A1'::BINARY, '2024-02-29'::DATE, '12:34:56.789'::TIME, '12:34:56.789123456'::TIME(9),
  '2024-02-29 12:34:56'::TIMESTAMP_NTZ(0), '2024-02-29 12:34:56.789'::TIMESTAMP_NTZ, '1969-12-31 23:59:59.5'::TIMESTAMP_NTZ(3),
  '2024-02-29 12:34:56.789 +0200'::TIMESTAMP_TZ, '2024-02-29 12:34:56.789'::TIMESTAMP_LTZ, PARSE_JSON('{"a":[1,null]}'),
  ARRAY_CONSTRUCT(1, 'b'), OBJECT_CONSTRUCT('k', 1), TO_GEOGRAPHY('POINT(1 2)'), NULL,
  99999999999999999999999999999999999999::NUMBER(38,0)`

function isAsDirect({ answer, direct }: Evidence): void {
  assert.ok(direct !== null)
  assert.deepEqual(resultOf(answer), resultOf(direct))
}

async function cameAs({ events }: Evidence, format: 'json' | 'arrow'): Promise<void> {
  const schemas = (await events()).filter((event) => event.type === 'result.schema')
  assert.deepEqual(
    schemas.map(({ facts }) => facts.format),
    [format],
  )
}

export const RESULTS: readonly Scenario[] = [
  {
    name: 'types',
    title: 'each type, as direct',
    program: 'statement',
    target: () => ({ sql: TYPES_SQL }),
    compared: true,
    // Node reads JSON only; the others get Arrow, as from Snowflake.
    check: async (evidence) => {
      isAsDirect(evidence)
      await cameAs(evidence, evidence.kit.name === 'Node' ? 'json' : 'arrow')
    },
  },
  {
    name: 'vector',
    title: 'a vector, as direct',
    program: 'statement',
    target: () => ({ sql: 'SELECT [1.5, 2]::VECTOR(FLOAT, 2)' }),
    compared: true,
    except: { Go: 'reads no vectors from Arrow' },
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
      await cameAs(evidence, 'json')
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
    name: 'pandas',
    title: 'a pandas frame of 50,000 rows',
    program: 'pandas',
    target: () => ({ rows: ROWS }),
    except: { Node: 'has none', Go: 'has none', JDBC: 'has none' },
    check: async (evidence) => {
      assert.deepEqual(resultOf(evidence.answer), [ROWS, SUM])
      await cameAs(evidence, 'arrow')
    },
  },
  {
    name: 'arrow',
    title: 'Arrow batches, 50,000 rows',
    program: 'arrow',
    target: () => ({ rows: ROWS }),
    except: { Node: 'reads JSON only', JDBC: 'gives rows only' },
    check: async (evidence) => {
      assert.equal((resultOf(evidence.answer) as number[])[0], ROWS)
      await cameAs(evidence, 'arrow')
    },
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
