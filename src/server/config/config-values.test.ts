import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type LoadedConfig, type Problem, parseConfig } from './index.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')

const CONFIG: Readonly<Record<string, unknown>> = {
  version: 1,
  data: './data',
  issuers: {
    okta: {
      issuer: 'https://acme.okta.com',
      audiences: ['api://icecore'],
      proves: 'agent',
      algorithms: ['ES256'],
      groups: { claim: 'groups', required: true },
      clock_skew: '30s',
      required_claims: { tenant: ['a', 'b'] },
    },
  },
  connections: {
    main: {
      url: 'https://acme-main.snowflakecomputing.com',
      account: 'acme-main',
      user: 'ICECORE',
      credential: { type: 'key_pair', private_key: `\${file:keys/snowflake.p8}` },
      role: 'ANALYST',
      loosen: { without_roles: false },
    },
  },
  people: { ann: { identities: [{ issuer: 'okta', subject: '00u1' }] } },
  agents: {
    reporter: {
      match: [{ issuer: 'okta', claims: { cid: 'reporter', teams: { contains: 'sales' } } }],
      owners: ['ann'],
      purpose: 'Report',
      expires: '2030-12-31',
    },
  },
  access: [{ name: 'reads', when: { agents: ['reporter'] }, connections: ['main'], roles: ['ANALYST'] }],
  recording: { key: `\${env:ICECORE_KEY}`, level: 'full', segment_size: '64MiB' },
  sessions: { idle: '4h' },
  statements: { exports: 'refuse' },
  limits: { sessions: 1000 },
  log: { level: 'info' },
}

/** Values that have tripped programs: words and keys that every object knows, numbers at the edge, empty things. */
const AWKWARD: readonly unknown[] = [
  null,
  '',
  ' ',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\u0000',
  '\ud800',
  '*',
  '\\*',
  `\${`,
  `\${file:}`,
  'https://',
  'https://[::1',
  '9999-99-99',
  '9'.repeat(400),
  -1,
  0.1,
  1e308,
  true,
  [],
  [[]],
  [null],
  {},
  { toString: 'x' },
  { valueOf: 1, toString: null },
  { constructor: { prototype: {} } },
  { contains: { contains: [] } },
  { length: 3 },
]

type Path = readonly (string | number)[]

/** Every place of the file, inner ones last. */
function* places(value: unknown, path: Path = []): Generator<Path> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) yield* places(child, [...path, Array.isArray(value) ? +key : key])
}

function put(value: unknown, [step, ...rest]: Path, replacement: unknown): unknown {
  if (step === undefined) return replacement
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? put(item, rest, replacement) : item))
  const mapping = value as Readonly<Record<string, unknown>>
  return { ...mapping, [step]: put(mapping[step], rest, replacement) }
}

function check(value: unknown): LoadedConfig {
  // JSON is YAML 1.2.
  return parseConfig('/etc/icecore.yaml', JSON.stringify(value), NOW)
}

function checkText(text: string): readonly Problem[] {
  const loaded = parseConfig('/etc/icecore.yaml', text, NOW)
  return loaded.ok ? loaded.warnings : loaded.problems
}

const PLACES = [...places(CONFIG)]

test('the file is accepted as it stands', () => {
  const loaded = check(CONFIG)
  assert.deepEqual(loaded.ok ? loaded.warnings : loaded.problems, [])
})

for (const value of AWKWARD) {
  test(`at every place ${JSON.stringify(value).slice(0, 40)} gets an answer`, () => {
    for (const place of PLACES) assertAnswer(check(put(CONFIG, place, value)), place)
  })
}

test('anything at any place gets an answer', () => {
  const anything = fc.anything({ maxDepth: 2, withNullPrototype: false }).filter((value) => isJson(value))
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), anything, (place, value) => {
      assertAnswer(check(put(CONFIG, place, value)), place)
    }),
    { numRuns: 200 },
  )
})

test('hostile files are refused, not unfolded', () => {
  // Each line doubles the last: nine aliases would unfold into 2^9 values, and thirty into a gigabyte.
  const doubled = [...'bcdefghi'].map((key, at) => {
    const last = 'abcdefgh'[at]
    return `${key}: &${key} [*${last}, *${last}]\n`
  })
  const bomb = `a: &a [x, x]\n${doubled.join('')}`
  assert.equal(checkText(bomb).length, 16)
  assert.ok(checkText(bomb).every(({ code }) => code === 'alias'))
  assert.match(checkText('['.repeat(100_000))[0]!.code, /yaml_syntax/)
  assert.equal(checkText('')[0]!.code, 'wrong_type')
  assert.equal(checkText('- a')[0]!.code, 'wrong_type')
  assert.equal(checkText('just text')[0]!.code, 'wrong_type')
})

function isJson(value: unknown): boolean {
  return typeof value !== 'bigint' && typeof value !== 'symbol' && value !== undefined
}

/** Either a configuration, or problems that are texts and have a place: never a throw. */
function assertAnswer(loaded: LoadedConfig, place: Path): void {
  for (const { message, hint, at } of loaded.ok ? loaded.warnings : loaded.problems) {
    assert.equal(typeof message, 'string', place.join('.'))
    assert.ok(hint === undefined || typeof hint === 'string', place.join('.'))
    assert.ok(at.line >= 1 && at.column >= 1, place.join('.'))
  }
}
