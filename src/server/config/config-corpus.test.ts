import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Problem, type ProblemCode, parseConfig } from './index.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')

const BASE = `version: 1
data: ./data
listen:
  driver: { host: 127.0.0.1, port: 8484 }
  ops: { host: 127.0.0.1, port: 8485 }
issuers:
  okta:
    issuer: https://acme.okta.com/oauth2/default
    audiences: [api://icecore]
    proves: agent
    groups: { claim: groups }
  ci:
    issuer: https://token.actions.example
    audiences: [icecore]
    proves: workload
connections:
  main:
    url: https://acme-main.snowflakecomputing.com
    account: acme-main
    user: ICECORE
    credential: { type: key_pair, private_key: "\${file:keys/snowflake.p8}" }
    role: ANALYST
people:
  ann:
    identities: [{ issuer: okta, subject: 00u1 }]
agents:
  reporter:
    match: [{ issuer: okta, claims: { cid: reporter } }]
    owners: [ann]
    purpose: Weekly report
    expires: 2030-12-31
access:
  - name: reads
    when: { agents: [reporter] }
    connections: [main]
    roles: [ANALYST]
recording:
  key: "\${env:ICECORE_KEY}"
sessions: { idle: 4h }
limits: { statement: 1MiB }
statements: { procedure_calls: refuse, exports: refuse, stages: refuse, models: refuse, deferred: refuse, rights: refuse }
`

interface Row {
  readonly name: string
  /** Text of BASE that is replaced. */
  readonly from: string
  /** What stands there instead; `¦` marks the place at which the problem must be reported. */
  readonly to: string
  readonly code: ProblemCode
  readonly hint?: RegExp
  /** The harmless twin: as near as can be, and accepted. */
  readonly twin: string
  readonly warning?: true
}

const row = (
  code: ProblemCode,
  name: string,
  from: string,
  to: string,
  twin: string,
  hint?: RegExp,
  warning?: true,
): Row => ({ name, from, to, code, twin, ...(hint && { hint }), ...(warning && { warning }) })

const PASSWORD = 'hunter2hunter2'

const URL_LINE = '    url: https://acme-main.snowflakecomputing.com\n'
const IDENTITY = '    identities: [{ issuer: okta, subject: '
const AGENT_LINES =
  '    match: [{ issuer: okta, claims: { cid: reporter } }]\n    owners: [ann]\n    purpose: Weekly report\n'

const ROWS: readonly Row[] = [
  // YAML.
  row(
    'yaml_syntax',
    'an open bracket',
    'icecore]\n    proves: agent',
    'icecore\n    ¦proves: agent',
    'icecore]\n    proves: human',
  ),
  row('yaml_syntax', 'a tab for indentation', '  key: "', '¦\tkey: "', '    key: "', /spaces, not tabs/),
  row('yaml_syntax', 'a second document', 'limits: {', '¦---\nlimits: {', '# ---\nlimits: {'),
  row('yaml_syntax', 'a tag', 'user: ICECORE', 'user: ¦!js ICECORE', 'user: "ICECORE"'),
  row('duplicate_key', 'a key twice', 'user: ICECORE', 'user: ICECORE\n    ¦user: OTHER', 'user: OTHER', /keep one/),
  row('alias', 'an alias', 'roles: [ANALYST]', 'roles: &r [A, ¦*r]', 'roles: &r [A]', /write the value out/),
  row('unknown_key', 'the prototype as a name', '  ann:\n', '  ¦__proto__: {}\n  ann:\n', '  # __proto__\n  ann:\n'),
  // Keys.
  row('unknown_key', 'a misspelt section', 'limits: {', '¦limitz: {', 'limits: {', /^did you mean "limits"\?$/),
  row('unknown_key', 'a key with a dash', 'private_key:', '¦private-key:', 'private_key:', /"private_key"/),
  row('unknown_key', 'a misspelt nested key', 'port: 8484', '¦prot: 8484', 'port: 84', /"port"/),
  row('unknown_key', 'a key in the wrong place', 'data: ./data', '¦idle: 4h', 'data: x', /belongs at sessions\.idle/),
  row(
    'unknown_key',
    'a word nobody knows',
    'sessions: {',
    'sessions: { ¦zebra: 1,',
    'sessions: {',
    /known here: token_life/,
  ),
  row(
    'missing_key',
    'no account',
    `  main:\n${URL_LINE}    account: acme-main\n`,
    `  ¦main:\n${URL_LINE}`,
    `  main:\n${URL_LINE}    account: other\n`,
  ),
  row(
    'missing_key',
    'no expiry',
    `  reporter:\n${AGENT_LINES}    expires: 2030-12-31\n`,
    `  ¦reporter:\n${AGENT_LINES}`,
    `  reporter:\n${AGENT_LINES}    expires: 2031-12-31\n`,
  ),
  row(
    'missing_key',
    'a schema without a database',
    'role: ANALYST',
    'role: ANALYST\n    ¦schema: PUBLIC',
    'role: ANALYST\n    database: D\n    schema: PUBLIC',
    /database/,
  ),
  // Types and values.
  row('wrong_type', 'a key without a value', 'user: ICECORE', '¦user:', 'user: u', /give it one/),
  row(
    'wrong_type',
    'a text for a list',
    'audiences: [icecore]',
    'audiences: ¦icecore',
    'audiences: [a]',
    /\[icecore\]/,
  ),
  row('wrong_type', 'a list for a mapping', 'sessions: { idle: 4h }', 'sessions: ¦[idle]', 'sessions: {}'),
  row('wrong_type', 'a number for a text', 'subject: 00u1', 'subject: ¦12', 'subject: "12"', /quotes: "12"/),
  row(
    'wrong_type',
    'a text for a flag',
    'claim: groups',
    'claim: groups, required: ¦"yes"',
    'claim: groups, required: false',
  ),
  row('invalid_value', 'another version', 'version: 1', 'version: ¦2', 'version: 1', /version 1/),
  row('invalid_value', 'a port out of range', 'port: 8485', 'port: ¦70000', 'port: 0'),
  row('invalid_value', 'a duration with a strange unit', 'idle: 4h', 'idle: ¦4 hours', 'idle: 14400', /30s, 5m or 24h/),
  row('invalid_value', 'a duration out of range', 'idle: 4h', 'idle: ¦1s', 'idle: 10s'),
  row('invalid_value', 'a negative duration', 'idle: 4h', 'idle: ¦-5', 'idle: 50'),
  row('invalid_value', 'a decimal size', 'statement: 1MiB', 'statement: ¦1MB', 'statement: 1048576', /"1MiB"/),
  row('invalid_value', 'no size at all', 'statement: 1MiB', 'statement: ¦lots', 'statement: 256KiB', /256KiB, 16MiB/),
  row('invalid_value', 'a URL without a scheme', 'url: https://', 'url: ¦', 'url: https://', /"https:\/\/acme/),
  row(
    'invalid_value',
    'a URL with a path',
    'https://acme-main.snowflakecomputing.com',
    '¦https://acme-main.snowflakecomputing.com/x',
    'https://acme-main.snowflakecomputing.com/',
  ),
  row('invalid_value', 'a misspelt word', 'proves: workload', 'proves: ¦worklod', 'proves: human', /"workload"/),
  row(
    'invalid_value',
    'a shared-key algorithm',
    'proves: workload',
    'proves: workload\n    algorithms: [¦HS256]',
    'proves: workload\n    algorithms: [ES256]',
    /forge/,
  ),
  row(
    'invalid_value',
    'no signature',
    'proves: workload',
    'proves: workload\n    algorithms: [¦none]',
    'proves: workload\n    algorithms: [RS256]',
    /proves nothing/,
  ),
  row('invalid_value', 'an empty list', '[api://icecore]', '¦[]', '[a]'),
  row(
    'invalid_value',
    'a role that needs quotes',
    'roles: [ANALYST]',
    'roles: [¦my role]',
    `roles: ['"my role"']`,
    /'"my role"'/,
  ),
  row('invalid_value', 'a name with a space', '  main:\n', '  ¦"the main":\n', '  main:\n', /letters, digits/),
  row(
    'invalid_value',
    '31 February',
    'expires: 2030-12-31',
    'expires: ¦2030-02-31',
    'expires: 2030-02-28',
    /2027-01-31/,
  ),
  row('invalid_value', 'a control character', 'purpose: Weekly report', 'purpose: ¦"a\\e[2Jb"', 'purpose: "a b"'),
  row(
    'invalid_value',
    'a reference where none is read',
    'account: acme-main',
    `account: ¦\${env:ACCOUNT}`,
    'account: a',
  ),
  row(
    'invalid_value',
    'a record level of another version',
    `  key: "\${env:ICECORE_KEY}"`,
    `  key: "\${env:K}"\n  level: ¦digest`,
    `  key: "\${env:K}"\n  level: full`,
    /every row/,
  ),
  row(
    'invalid_value',
    'a key set and hosts for discovery',
    'proves: workload',
    'proves: workload\n    jwks_uri: https://k.example/\n    ¦discovery_hosts: [k.example]',
    'proves: workload\n    jwks_uri: https://k.example/',
    /keep one/,
  ),
  row('wrong_type', 'a mapping for a word', 'proves: agent', 'proves: ¦{ toString: agent }', 'proves: human'),
  row('wrong_type', 'a list for a word', 'proves: agent', 'proves: ¦[agent]', 'proves: human', /without the brackets/),
  row('invalid_value', 'a word that every object knows', 'proves: agent', 'proves: ¦constructor', 'proves: human'),
  // Kinds of statements.
  row('invalid_value', 'a misspelt permission', 'exports: refuse', 'exports: ¦alow', 'exports: allow', /"allow"/),
  row('invalid_value', 'yes for allow', 'rights: refuse', 'rights: ¦yes', 'rights: allow', /"allow"/),
  row('invalid_value', 'true for allow', 'deferred: refuse', 'deferred: ¦true', 'deferred: allow', /"allow"/),
  row('invalid_value', 'false for refuse', 'exports: refuse', 'exports: ¦false', 'exports: refuse', /"refuse"/),
  row('invalid_value', 'a hold', 'procedure_calls: refuse', 'procedure_calls: ¦hold', 'procedure_calls: allow'),
  row('invalid_value', 'a permission in capitals', 'rights: refuse', 'rights: ¦ALLOW', 'rights: allow', /"allow"/),
  row('wrong_type', 'a permission without a value', 'rights: refuse', '¦rights:', 'rights: allow', /give it one/),
  row('wrong_type', 'one word for all kinds', 'statements: {', 'statements: ¦allow\nlog: {', 'statements: {'),
  row('unknown_key', 'a kind that is none', 'exports: refuse', '¦export: allow', 'exports: allow', /"exports"/),
  row(
    'unknown_key',
    'the never-list',
    'rights: refuse',
    '¦never_list: allow',
    'rights: allow',
    /procedure_calls, exports/,
  ),
  row(
    'unknown_key',
    'a kind at the top',
    'version: 1',
    '¦exports: allow\nversion: 1',
    'version: 1',
    /at statements\.exports/,
  ),
  // Secrets and networks.
  row(
    'literal_secret',
    'a secret written out',
    `"\${env:ICECORE_KEY}"`,
    `¦${PASSWORD}`,
    `"\${exec:vault read key}"`,
    /\$\{env:NAME\}/,
  ),
  row('literal_secret', 'a password in a URL', 'url: https://', `url: ¦https://u:${PASSWORD}@`, 'url: https://u.'),
  row(
    'invalid_value',
    'a reference of an unknown kind',
    `"\${env:ICECORE_KEY}"`,
    `¦"\${vault:x}"`,
    `"\${file:x}"`,
    /\$\{file:PATH\}/,
  ),
  row('insecure_url', 'an issuer over http', 'https://token', '¦http://token', 'http://127.0.0.1:9/token'),
  row(
    'not_loopback',
    'a listener for everybody',
    'host: 127.0.0.1, port: 8484',
    'host: ¦0.0.0.0, port: 8484',
    'host: 127.1.2.3, port: 8484',
    /TLS/,
  ),
  row(
    'not_loopback',
    'a listener that only begins like loopback',
    'host: 127.0.0.1, port: 8484',
    'host: ¦127.0.0.1.example.com, port: 8484',
    'host: "::1", port: 8484',
    /TLS/,
  ),
  row('overlap', 'two listeners on one port', 'port: 8485', 'port: ¦8484', 'port: 8486'),
  // References.
  row(
    'unknown_reference',
    'an unknown connection',
    'connections: [main]',
    'connections: [¦mian]',
    'connections: [main]',
    /"main"/,
  ),
  row(
    'unknown_reference',
    'an unknown agent',
    'agents: [reporter]',
    'agents: [¦reportr]',
    'agents: [reporter]',
    /"reporter"/,
  ),
  row('unknown_reference', 'an unknown owner', 'owners: [ann]', 'owners: [¦bob]', 'owners: [ann]', /this file has ann/),
  row(
    'unknown_reference',
    'a person of an unknown issuer',
    'issuer: okta, subject',
    'issuer: ¦okt, subject',
    'issuer: okta, subject',
    /"okta"/,
  ),
  row(
    'unknown_reference',
    'a rule for an unknown issuer',
    'agents: [reporter]',
    'issuers: [¦gitlab]',
    'issuers: [okta]',
    /okta, ci/,
  ),
  // Rules.
  row(
    'never_matches',
    'an empty condition',
    'agents: [reporter]',
    'agents: [reporter], groups: ¦[]',
    'agents: [reporter], groups: [a]',
  ),
  row(
    'never_matches',
    'groups of an issuer without any',
    'agents: [reporter]',
    'issuers: [ci], ¦groups: [a]',
    'issuers: [okta], groups: [a]',
    /"groups" section/,
  ),
  row(
    'never_matches',
    'an agent of another issuer',
    'agents: [reporter]',
    'issuers: [ci], ¦agents: [reporter]',
    'issuers: [okta], agents: [reporter]',
    /no issuer/,
  ),
  row(
    'never_matches',
    'a person proven by workloads',
    'issuer: okta, subject',
    'issuer: ¦ci, subject',
    'issuer: okta, subject',
  ),
  row('never_matches', 'an empty list of claims', 'cid: reporter', 'cid: ¦[]', 'cid: [reporter]'),
  row('matches_all', 'a rule without a condition', '{ agents: [reporter] }', '¦{}', '{ anyone: true }', /anyone/),
  row(
    'matches_all',
    'an agent without a claim',
    '{ issuer: okta, claims: { cid: reporter } }',
    '¦{ issuer: okta }',
    '{ issuer: okta, client_id: reporter }',
    /client_id/,
  ),
  row(
    'matches_all',
    'a prefix without an end',
    'cid: reporter',
    'cid: ¦repo:acme*',
    'cid: repo:acme/*',
    /delimiter/,
    true,
  ),
  row(
    'overlap',
    'two rules of one name',
    'access:\n  - name: reads',
    'access:\n  - { name: reads, when: { agents: [reporter] }, connections: [main], roles: [A] }\n  - name: ¦reads',
    'access:\n  - { name: other, when: { agents: [reporter] }, connections: [main], roles: [A] }\n  - name: reads',
    /own name/,
  ),
  row(
    'overlap',
    'one identity, two people',
    `  ann:\n${IDENTITY}00u1 }]`,
    `  bob: { identities: [{ issuer: okta, subject: 00u1 }] }\n  ann:\n${IDENTITY}¦00u1 }]`,
    `  bob: { identities: [{ issuer: okta, subject: 00u2 }] }\n  ann:\n${IDENTITY}00u1 }]`,
    /one person/,
  ),
  row(
    'overlap',
    'connections that differ in case',
    'people:\n',
    `  ¦MAIN: { url: "https://x.example", account: x, user: U, role: R, credential: { type: key_pair, private_key: "\${env:X}" } }\npeople:\n`,
    `  MAIN2: { url: "https://x.example", account: x, user: U, role: R, credential: { type: key_pair, private_key: "\${env:X}" } }\npeople:\n`,
  ),
  row(
    'overlap',
    'one agent within another',
    'access:\n',
    '  wide: { match: [¦{ issuer: okta, client_id: "x/*", claims: { cid: reporter } }], owners: [ann], purpose: p, expires: 2030-01-01 }\naccess:\n',
    '  wide: { match: [{ issuer: okta, claims: { cid: writer } }], owners: [ann], purpose: p, expires: 2030-01-01 }\naccess:\n',
    /sets them apart/,
  ),
  row(
    'overlap',
    'agents that one token could both be',
    'access:\n',
    '  wide: { match: [¦{ issuer: okta, client_id: x }], owners: [ann], purpose: p, expires: 2030-01-01 }\naccess:\n',
    '  wide: { match: [{ issuer: ci, client_id: x }], owners: [ann], purpose: p, expires: 2030-01-01 }\naccess:\n',
    /refused/,
    true,
  ),
  row(
    'overlap',
    'one issuer twice',
    'https://token.actions.example\n    audiences: [icecore]',
    '¦https://acme.okta.com/oauth2/default\n    audiences: [api://icecore]',
    'https://acme.okta.com/oauth2/default\n    audiences: [icecore]',
    /own audience/,
  ),
  row(
    'expired',
    'an agent of last year',
    'expires: 2030-12-31',
    'expires: ¦2025-12-31',
    'expires: 2026-06-01',
    /new date/,
    true,
  ),
  row(
    'powerful_role',
    'an administrator’s role',
    'roles: [ANALYST]',
    'roles: [¦accountadmin]',
    `roles: ['"accountadmin"']`,
    /made for them/,
    true,
  ),
]

function edit(from: string, to: string): string {
  assert.equal(BASE.split(from).length, 2, `${JSON.stringify(from)} must stand in the base once`)
  return BASE.replace(from, () => to)
}

function check(text: string): readonly Problem[] {
  const loaded = parseConfig('/etc/icecore.yaml', text, NOW)
  return loaded.ok ? loaded.warnings : loaded.problems
}

test('the base has no problem', () => {
  assert.deepEqual(check(BASE), [])
})

for (const { name, from, to, code, hint, twin, warning } of ROWS) {
  test(`${code}: ${name}`, () => {
    const marked = edit(from, to)
    const problems = check(marked.replace('¦', ''))
    const problem = problems.find((candidate) => candidate.code === code)
    assert.ok(problem, `no ${code} in ${JSON.stringify(problems)}`)
    assert.equal(problem.severity, warning ? 'warning' : 'error')
    const before = marked.split('¦')
    assert.equal(before.length, 2, 'the row marks one place')
    const lines = before[0]!.split('\n')
    assert.deepEqual([problem.at.line, problem.at.column], [lines.length, lines.at(-1)!.length + 1], problem.message)
    for (const given of problems) assert.ok(given.hint === undefined || typeof given.hint === 'string')
    if (hint !== undefined) assert.match(problem.hint ?? '', hint)
    assert.doesNotMatch(JSON.stringify(problems), new RegExp(PASSWORD), 'a secret is never repeated')
    assert.deepEqual(check(edit(from, twin)), [], 'the harmless twin is accepted')
  })
}

test('every problem is reported at once, in the order of the file', () => {
  const text = edit('owners: [ann]', 'owners: [bob]')
    .replace('port: 8484', 'prot: 1')
    .replace('idle: 4h', 'idle: never')
  const lines = check(text).map(({ at }) => at.line)
  assert.equal(lines.length, 3)
  assert.deepEqual(
    lines,
    lines.toSorted((a, b) => a - b),
  )
})
