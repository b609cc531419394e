/** What every driver must be able to do through Icecore, and what its user must see when it may not. */
import assert from 'node:assert/strict'

export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly sqlState: string | null; readonly message: string }
  readonly seconds: number
}

export interface Scenario {
  /** Name in the programs. */
  readonly name: string
  readonly title: string
  /** `direct`: the same through the same driver without Icecore, where it was asked for. */
  check(answer: Answer, direct: Answer | null): void
  readonly compared?: true
  /** The gateway is killed and started again once the program says that it has begun. */
  readonly restarts?: true
}

/** A message is shown at once, once, and by itself. */
const SOON_SECONDS = 10

/** One cell of each type; drivers show them in their own types, which must be those of a direct connection. */
export const TYPES_SQL = `SELECT 42::NUMBER(38,0), 12.50::NUMBER(10,2), 1.5::FLOAT, TRUE, 'text ☃', 'F0A1'::BINARY,
  '2024-02-29'::DATE, '12:34:56.789'::TIME, '2024-02-29 12:34:56.789'::TIMESTAMP_NTZ,
  '2024-02-29 12:34:56.789 +0200'::TIMESTAMP_TZ, PARSE_JSON('{"a":[1,null]}'), ARRAY_CONSTRUCT(1, 'b'), NULL,
  99999999999999999999999999999999999999::NUMBER(38,0)`

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'log_in',
    title: 'log-in',
    check: ({ result, error }) => assert.match(JSON.stringify(result ?? error), /ANALYST.*SHOP.*SALES/),
  },
  {
    name: 'refused_log_in',
    title: 'log-in refused',
    check: (answer) => refused(answer, null, /token|log-in|refused/i),
  },
  {
    name: 'types',
    title: 'types as direct',
    compared: true,
    check: ({ result, error }, direct) =>
      assert.deepEqual(result ?? error, direct?.result ?? 'the direct connection failed'),
  },
  {
    name: 'many_rows',
    title: '0, 1, 100,000 rows',
    check: ({ result, error }) =>
      assert.deepEqual(result ?? error, [
        [0, 0],
        [1, 0],
        [100_000, 4_999_950_000],
      ]),
  },
  {
    name: 'binds',
    title: 'binds',
    check: ({ result, error }) => assert.match(JSON.stringify(result ?? error), /7.*it's.*null/),
  },
  {
    name: 'array_binds',
    title: 'array binds',
    check: ({ result, error }) => assert.match(JSON.stringify(result ?? error), /5.*10.*t4/),
  },
  {
    name: 'multi_statement',
    title: 'multi-statement',
    check: ({ result, error }) => assert.deepEqual(result ?? error, [1, 2, 3]),
  },
  {
    name: 'transaction',
    title: 'transaction',
    check: ({ result, error }) => assert.deepEqual((result as unknown[] | undefined)?.map(Number) ?? error, [2, 0]),
  },
  {
    name: 'session_state',
    title: 'session state',
    check: ({ result, error }) => assert.match(JSON.stringify(result ?? error), /CRM.*kept/),
  },
  { name: 'denial', title: 'denial', check: (answer) => refused(answer, '3001', /icecore:\{/) },
  { name: 'sql_error', title: 'SQL error', check: (answer) => refused(answer, '904', /NO_SUCH_COLUMN/) },
  { name: 'put_refused', title: 'PUT refused', check: (answer) => refused(answer, '3001', /Icecore denied/) },
  {
    name: 'asynchronous',
    title: 'async, other session',
    check: ({ result, error }) => assert.equal(Number(result ?? JSON.stringify(error)), 7),
  },
  {
    name: 'cancel',
    title: 'cancel',
    check: ({ error, result, seconds }) => {
      assert.ok(error !== undefined, `it gave ${JSON.stringify(result)}`)
      assert.ok(seconds < SOON_SECONDS, `it took ${seconds} s: ${error.message}`)
    },
  },
  {
    name: 'restart',
    title: 'gateway killed under way',
    restarts: true,
    check: ({ result, error }) => assert.equal(Number(result ?? JSON.stringify(error)), 7),
  },
]

function refused({ result, error, seconds }: Answer, code: string | null, message: RegExp): void {
  assert.ok(error !== undefined, `it gave ${JSON.stringify(result)}`)
  if (code !== null) assert.equal(error.code.replace(/^0+/, ''), code)
  assert.match(error.message, message)
  assert.ok(seconds < SOON_SECONDS, `it took ${seconds} s`)
}
