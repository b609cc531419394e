/** One bad text a row in an otherwise good config, its place, and its harmless twin. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Problem, type ProblemCode, parseConfig } from './index.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')

/** A file without a problem, in which a row replaces one text. */
export const BASE = `version: 1
data: ./data
listen:
  driver: { host: 127.0.0.1, port: 8484 }
  ops: { host: 127.0.0.1, port: 8485 }
trusted_proxies: [10.9.9.9]
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

export interface Row {
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

export const row = (
  code: ProblemCode,
  name: string,
  from: string,
  to: string,
  twin: string,
  hint?: RegExp,
  warning?: true,
): Row => ({ name, from, to, code, twin, ...(hint && { hint }), ...(warning && { warning }) })

/** Stands where none may be: a message that repeats it fails. */
export const PASSWORD = 'hunter2hunter2'

export function edit(from: string, to: string): string {
  assert.equal(BASE.split(from).length, 2, `${JSON.stringify(from)} must stand in the base once`)
  return BASE.replace(from, () => to)
}

export function check(text: string): readonly Problem[] {
  const loaded = parseConfig('/etc/icecore.yaml', text, NOW)
  return loaded.ok ? loaded.warnings : loaded.problems
}

export function testRows(rows: readonly Row[]): void {
  for (const { name, from, to, code, hint, twin, warning } of rows) {
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
}
