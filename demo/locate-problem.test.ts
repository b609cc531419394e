import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from '../src/server/config/index.ts'
import { demoConfig } from './demo-config.ts'
import { locateProblem } from './locate-problem.ts'
import { mergeConfig } from './merge-config.ts'

const OWN = demoConfig({
  gatewayPort: 0,
  issuer: 'http://127.0.0.1:1001',
  warehouse: 'http://127.0.0.1:1002',
  account: 'EMULATOR',
  user: 'ICECORE',
})

/** `file:line:column code` of each problem of the user's text over the demo's own. */
function places(text: string): readonly string[] {
  const users = { file: '/home/tester/over.yaml', text }
  const joined = { file: '/demo/icecore.yaml', text: mergeConfig(OWN, users).text }
  const loaded = parseConfig(joined.file, joined.text, 0)
  return (loaded.ok ? loaded.warnings : loaded.problems).map((problem) => {
    const { code, at } = locateProblem(problem, joined, users)
    return `${at.file}:${at.line}:${at.column} ${code}`
  })
}

describe('a problem of the joined configuration is shown in the user’s file:', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a key that nobody knows', '# mine\nacces: []\n', ['over.yaml:2:1 unknown_key']],
    ['one in an entry of the demo’s', 'people:\n  ada: { nam: x }\n', ['over.yaml:2:10 unknown_key']],
    ['a value', 'sessions: { token_life: soon }\n', ['over.yaml:1:25 invalid_value']],
    ['what is missing in an entry', 'agents:\n  mine:\n    purpose: x\n', ['over.yaml:2:3 missing_key']],
    [
      'an access rule, by its place in that file',
      'access:\n  - {name: a, when: {people: [ada]}, connections: [demo], roles: [ANALYST]}\n  - {name: b, when: {people: [zoe]}, connections: [demo], roles: [ANALYST]}\n',
      ['over.yaml:3:31 unknown_reference'],
    ],
    [
      'one that takes the place of the demo’s',
      'access:\n  - {name: analysts, when: {people: [zoe]}, connections: [demo], roles: [ANALYST]}\n',
      ['over.yaml:2:38 unknown_reference'],
    ],
    ['an entry under a name that needs quotes', 'people:\n  "a b": {}\n', ['over.yaml:2:3 invalid_value']],
  ]
  for (const [name, text, expected] of cases) {
    it(name, () =>
      assert.deepEqual(
        places(text).slice(0, expected.length),
        expected.map((place) => `/home/tester/${place}`),
      ),
    )
  }

  it('what stands in the demo’s own file stays there', () => {
    const [place] = places('issuers: { demo-idp: { groups: null } }\n')
    assert.match(place ?? '', /^\/home\/tester\/over\.yaml:1:/)
    const own = parseConfig('/demo/icecore.yaml', OWN.replace('expires: 2099-12-31', 'expires: 1999-12-31'), Date.now())
    const warning = own.ok ? own.warnings[0] : undefined
    assert.ok(warning)
    const joined = { file: '/demo/icecore.yaml', text: OWN }
    assert.deepEqual(locateProblem(warning, joined, { file: '/home/tester/over.yaml', text: 'people: {}' }), warning)
  })
})
