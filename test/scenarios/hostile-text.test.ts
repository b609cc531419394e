/**
 * What an agent can write into the record, written there through a real session to take over the terminal of whoever reads
 * it: each field is shown with its marks, and acts on nothing.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'

const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))

/** What a terminal acts on, or an eye does not see; a line feed ends our own lines. */
const DANGEROUS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** Sets the title of the terminal to the name of the field. */
const hostile = (field: string): string => `\u001b]0;${field}\u0007`

type View = 'list' | 'show' | 'replay'

/** Where people see it, and as what. */
const SEEN: readonly (readonly [string, View, RegExp])[] = [
  ['SQL', 'show', /│ SELECT '␛\]0;SQL␇' AS A/],
  ['SQL', 'replay', /^ +SELECT '␛\]0;SQL␇' AS A/m],
  ['bind', 'replay', /^ +bind 1 TEXT: ␛\]0;bind␇$/m],
  ['application', 'show', /^client +␛\]0;application␇ /m],
  ['application', 'replay', /^ +client +␛\]0;application␇ /m],
  ['version', 'show', / ␛\]0;version␇ \(as claimed\)/],
  ['version', 'replay', / ␛\]0;version␇ \(as claimed\)/],
  ['column', 'replay', /rows\n +'␛\]0;COLUMN␇'\n/i],
  ['cell', 'replay', /│ ␛\]0;cell␇$/m],
  ['error text', 'replay', /failed \d+\n.*'␛\]0;error text␇'/],
]

/** What the JSON forms hold, the text itself. */
const IN_JSON = ['SQL', 'bind', 'application', 'version', 'cell', 'error text', 'log-in name', 'environment', 'claim']

const COMMANDS: Readonly<Record<View, readonly string[]>> = {
  list: ['sessions', 'list'],
  show: ['sessions', 'show', 'last'],
  replay: ['replay', 'last'],
}

describe('a hostile agent’s', () => {
  let gateway: TestGateway
  const text = new Map<View, string>()
  const json = new Map<View, string>()

  before(async () => {
    gateway = await TestGateway.start()
    const agent = new RawDriver(gateway.url)
    const data = {
      ACCOUNT_NAME: 'prod',
      AUTHENTICATOR: 'OAUTH',
      TOKEN: gateway.idp.mint({ sub: 'eve', groups: ['analysts'], department: hostile('claim') }),
      CLIENT_APP_ID: hostile('application'),
      CLIENT_APP_VERSION: hostile('version'),
      LOGIN_NAME: hostile('log-in name'),
      CLIENT_ENVIRONMENT: { APPLICATION: hostile('environment') },
    }
    // No client can put an escape character into a header; the one character that begins a sequence by itself it can.
    const headers = { 'user-agent': '\u009b31magent' }
    const answer = await agent.post(`/session/v1/login-request?requestId=${randomUUID()}`, { data }, headers)
    assert.equal(answer.json.success, true, answer.text)
    agent.token = answer.json.data.token
    const bindings = { 1: { type: 'TEXT', value: hostile('bind') } }
    const statements: readonly (readonly [string, boolean, object?])[] = [
      [`SELECT '${hostile('SQL')}' AS A, ? AS B, CONCAT('${hostile('cell')}', '') AS C`, true, { bindings }],
      // A column without a name gets its text for one.
      [`SELECT '${hostile('column')}'`, true],
      [`SELECT TO_NUMBER('${hostile('error text')}')`, false],
    ]
    for (const [sql, succeeds, more] of statements) {
      const { json } = await agent.query(sql, { ...more })
      assert.equal(json.success, succeeds, json.message ?? '')
    }
    await agent.post('/session?delete=true', {})
    for (const [view, args] of Object.entries(COMMANDS) as [View, readonly string[]][]) {
      text.set(view, await print(args))
      json.set(view, await print([...args, '--json']))
    }
    json.set('replay', await print([...COMMANDS.replay, '--json', '--bodies']))
  })
  after(() => gateway.close())

  async function print(args: readonly string[]): Promise<string> {
    const record = ['--config', join(gateway.folder, 'icecore.yaml')]
    const options = { env: { COLUMNS: '300' } }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [COMMAND, ...args, ...record], options)
    assert.equal(stderr, '')
    return stdout
  }

  it('text is nowhere more than text', () => {
    for (const out of [...text.values(), ...json.values()]) assert.doesNotMatch(out, DANGEROUS)
  })

  for (const [field, view, expected] of SEEN) {
    it(`${field} is seen, and marked, in ${COMMANDS[view].join(' ')}`, () => {
      assert.match(String(text.get(view)), expected)
    })
  }

  for (const field of IN_JSON) {
    it(`${field} is whole in the JSON form`, () => {
      const events = String(json.get('replay')).trimEnd().split('\n')
      assert.ok(
        events.some((line) => holds(JSON.parse(line), hostile(field))),
        field,
      )
    })
  }

  it('user agent is whole in the JSON form', () => {
    assert.ok(json.get('show')?.includes('\\u009b31magent'))
  })
})

/** Whether a text stands in a value, a name, or the body of a result. */
function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([name, item]) => holds(name, text) || holds(item, text) || (name === 'body' && holds(rowsOf(String(item)), text)),
  )
}

function rowsOf(body: string): unknown {
  return JSON.parse(Buffer.from(body, 'base64').toString())
}
