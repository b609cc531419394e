/** What Icecore or Snowflake refuses: shown as written, at once, after one request. */
import assert from 'node:assert/strict'
import { assertRefused, count, errorOf, type Scenario } from '../scenario.ts'

interface Refusal {
  readonly name: string
  readonly title: string
  readonly sql: string
  readonly code: string
  readonly message: RegExp
  readonly shows?: string
  readonly except?: NonNullable<Scenario['except']>
}

const ACCESS_CONTROL = '3001'

const REFUSALS: readonly Refusal[] = [
  {
    name: 'denial',
    title: 'denied',
    sql: "ALTER USER ICECORE SET PASSWORD = 'x'",
    code: ACCESS_CONTROL,
    message: /Icecore denied/,
    shows: 'a statement is denied',
  },
  {
    name: 'sql_error',
    title: 'error of Snowflake’s',
    sql: 'SELECT NO_SUCH_COLUMN FROM PRODUCTS',
    code: '904',
    message: /NO_SUCH_COLUMN/,
    shows: 'an error of Snowflake’s own',
  },
  {
    name: 'put_refused',
    title: 'PUT refused',
    sql: 'PUT file:///etc/hostname @~',
    code: ACCESS_CONTROL,
    message: /Icecore denied/,
    shows: '`PUT`',
  },
  {
    name: 'get_refused',
    title: 'GET refused',
    sql: 'GET @~/hostname file:///tmp',
    code: ACCESS_CONTROL,
    message: /Icecore denied/,
  },
]

export const REFUSED: readonly Scenario[] = REFUSALS.map(({ sql, code, message, ...named }) => ({
  ...named,
  program: 'statement',
  target: () => ({ sql }),
  check: ({ answer, wire, kit, reached }) => {
    // ADBC shows Go's whole text, and has no field for the code.
    assertRefused(answer, kit.name === 'ADBC' ? null : code, message)
    assert.equal(count(wire, 'query'), 1)
    if (code !== ACCESS_CONTROL) return
    assert.deepEqual(reached, [])
    assertFindable(errorOf(answer).message)
  },
}))

/** Whatever a driver puts before and behind: the object is found by its mark, and ends where its brackets do. */
function assertFindable(message: string): void {
  const mark = message.indexOf('icecore:{')
  assert.ok(mark >= 0, message)
  const start = message.indexOf('{', mark)
  const end = message.indexOf('}', start)
  const parsed = JSON.parse(message.slice(start, end + 1)) as { readonly code?: unknown }
  assert.equal(typeof parsed.code, 'string')
}
