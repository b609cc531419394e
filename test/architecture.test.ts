/** The house as it is meant, held against every file: layers, faces, packages, homes of the world, shapes and words. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkHouse, checkWords, type Tree } from './support/architecture/check-house.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

function readTree(pattern: string): Tree {
  const paths = globSync(pattern, { cwd: ROOT, exclude: (name) => name === 'node_modules' })
  return new Map(paths.sort().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]))
}

describe('the house', () => {
  it('stands as it was drawn', () => {
    const tree = readTree('{src,emulator,demo,bench,test}/**/*.ts')
    assert.ok(tree.size > 100, 'the files were not found')
    assert.deepEqual(checkHouse(tree), [])
  })

  it('says nothing in its documents that a reader cannot follow', () => {
    const documents = readTree('{*.md,docs/**/*.md,examples/**/*.*,bin/*.js,.ci/run}')
    assert.deepEqual(
      [...documents].flatMap(([path, text]) => checkWords(path, text)),
      [],
    )
  })
})

/** Name, what must be said, a tree that breaks one rule, and a twin that does nearly the same and may. */
const CASES: readonly (readonly [string, RegExp, Record<string, string>, Record<string, string>])[] = [
  [
    'a gate that sees an adapter',
    /src\/gate may not see src\/adapters\/journal\/index\.ts/,
    { 'src/gate/gate.ts': "import { openJournal } from '../adapters/journal/index.ts'" },
    { 'src/server/gateway.ts': "import { openJournal } from '../adapters/journal/index.ts'" },
  ],
  [
    'a gate that sees a door, by type alone',
    /src\/gate may not see src\/doors/,
    { 'src/gate/gate.ts': "import type { Door } from '../doors/driver/index.ts'" },
    { 'src/doors/driver/door.ts': "import type { Gate } from '../../gate/index.ts'" },
  ],
  [
    'an adapter that sees more of the gate than its ports',
    /src\/adapters\/tokens may not see src\/gate\/index\.ts/,
    { 'src/adapters/tokens/verify.ts': "import { Gate } from '../../gate/index.ts'" },
    { 'src/adapters/tokens/verify.ts': "import type { TokenVerifier } from '../../gate/ports.ts'" },
  ],
  [
    'a door with a way of its own to the upstream',
    /src\/doors\/driver may not see src\/adapters\/snowflake/,
    { 'src/doors/driver/door.ts': "import { connect } from '../../adapters/snowflake/index.ts'" },
    { 'src/server/gateway.ts': "import { connect } from '../adapters/snowflake/index.ts'" },
  ],
  [
    'a command with a way of its own to the upstream',
    /src\/cli may not see src\/adapters\/snowflake/,
    { 'src/cli/query.ts': "import { connect } from '../adapters/snowflake/index.ts'" },
    { 'src/cli/query.ts': "import { readSecret } from '../adapters/secrets/index.ts'" },
  ],
  [
    'a door that loads an adapter later',
    /src\/doors\/driver may not see src\/adapters/,
    { 'src/doors/driver/door.ts': "const { connect } = await import('../../adapters/snowflake/index.ts')" },
    { 'src/doors/driver/door.ts': "// await import('../../adapters/snowflake/index.ts')" },
  ],
  [
    'a core that sees the gate',
    /src\/core\/policy may not see src\/gate/,
    { 'src/core/policy/decide.ts': "export { Gate } from '../../gate/index.ts'" },
    { 'src/core/policy/decide.ts': "export { analyse } from '../statement/index.ts'" },
  ],
  [
    'a bottom room that sees one above it',
    /src\/core\/statement may not see src\/core\/policy/,
    { 'src/core/statement/analyse.ts': "import { decide } from '../policy/index.ts'" },
    { 'src/core/statement/analyse.ts': "import { IcecoreError } from '../../errors.ts'" },
  ],
  [
    'an emulator that sees the product',
    /emulator may not see src\/core\/wire/,
    { 'emulator/server/codes.ts': "import { CODES } from '../../src/core/wire/index.ts'" },
    { 'test/scenarios/codes.test.ts': "import { CODES } from '../../src/core/wire/index.ts'" },
  ],
  [
    "an emulator's test that sees the product",
    /emulator may not see src\/core\/wire/,
    { 'emulator/server/codes.test.ts': "import { CODES } from '../../src/core/wire/index.ts'" },
    { 'src/gate/codes.test.ts': "import { openJournal } from '../adapters/journal/index.ts'" },
  ],
  [
    'a product that sees the emulator',
    /src\/cli may not see emulator\/index\.ts/,
    { 'src/cli/emulator.ts': "import { startEmulator } from '../../emulator/index.ts'" },
    { 'src/cli/emulator.ts': "await loadPart(context, 'emulator', '../../emulator/index.ts')" },
  ],
  [
    'a product that imports test code',
    /imports test\/support\/fake-clock\.ts, which is test code/,
    { 'src/gate/gate.ts': "import { FakeClock } from '../../test/support/fake-clock.ts'" },
    { 'src/gate/gate.test.ts': "import { FakeClock } from '../../test/support/fake-clock.ts'" },
  ],
  [
    'an import behind a face',
    /imports src\/core\/wire\/codes\.ts behind its folder's index\.ts/,
    { 'src/gate/gate.ts': "import { CODES } from '../core/wire/codes.ts'", 'src/core/wire/index.ts': '' },
    { 'src/core/wire/envelope.ts': "import { CODES } from './codes.ts'", 'src/core/wire/index.ts': '' },
  ],
  [
    'an import behind the face of a folder within',
    /behind its folder's index\.ts/,
    {
      'src/core/recording/scenes.ts': "import { f } from './format/frame.ts'",
      'src/core/recording/format/index.ts': '',
    },
    { 'src/core/recording/format/frame.ts': "import { f } from '../events.ts'", 'src/core/recording/index.ts': '' },
  ],
  [
    'a circle of three',
    /imports itself by way of/,
    {
      'src/gate/a.ts': "import './b.ts'",
      'src/gate/b.ts': "export * from './c.ts'",
      'src/gate/c.ts': "import { a } from './a.ts'",
    },
    { 'src/gate/a.ts': "import './b.ts'", 'src/gate/b.ts': "import type { A } from './a.ts'" },
  ],
  [
    'a core that reads files',
    /src\/core\/wire may not use node:fs/,
    { 'src/core/wire/read.ts': "import { readFileSync } from 'node:fs'" },
    { 'src/core/wire/read.test.ts': "import { readFileSync } from 'node:fs'" },
  ],
  [
    'a module of Node under its old name',
    /src\/core\/wire may not use http/,
    { 'src/core/wire/read.ts': "import http from 'http'" },
    { 'src/core/wire/read.ts': "import { gunzipSync } from 'node:zlib'" },
  ],
  [
    'a package in the wrong room',
    /src\/gate may not use the package undici/,
    { 'src/gate/gate.ts': "import { request } from 'undici'" },
    { 'src/adapters/snowflake/transport.ts': "import { request } from 'undici'" },
  ],
  [
    'a part of a package with a scope',
    /may not use the package @duckdb\/node-api/,
    { 'src/adapters/store/x.ts': "import duck from '@duckdb/node-api/lib/x.js'" },
    { 'emulator/sql/x.ts': "import duck from '@duckdb/node-api/lib/x.js'" },
  ],
  [
    'a room that nobody drew',
    /stands in no room/,
    { 'src/helpers/misc.ts': "import { Secret } from '../lib/secret.ts'" },
    { 'src/gate/misc.ts': "import { Secret } from '../lib/secret.ts'" },
  ],
  [
    'the environment read in passing',
    /process\.env is used outside the home/,
    { 'src/adapters/secrets/env.ts': 'export const home = process.env.HOME' },
    { 'src/adapters/secrets/env.ts': '/** Never process.env itself. */\nexport const text = "process.env"' },
  ],
  [
    'a clock of its own',
    /Date\.now is used outside the home/,
    { 'src/gate/gate.ts': `const at = \`\${Date.now()}\`` },
    { 'src/gate/gate.ts': `const at = \`Date.now \${clock.now()}\` // Date.now()` },
  ],
  [
    'code behind a regular expression that holds a quote',
    /setTimeout is used outside the home/,
    { 'src/gate/gate.ts': "const a = /'/.test(b); setTimeout(() => 1, 2)" },
    { 'src/gate/gate.ts': "const a = b / c; const d = 'setTimeout(' / 2" },
  ],
  [
    'a secret opened where it is not needed',
    /reveal\( is used outside the home/,
    { 'src/doors/ops/ops-door.ts': 'log.info(secret.reveal())' },
    { 'src/adapters/snowflake/key-pair.ts': 'sign(secret.reveal())' },
  ],
  [
    'the console',
    /console is used outside the home/,
    { 'src/server/gateway.ts': 'console.log(1)' },
    { 'src/server/gateway.ts': 'log.info(1)' },
  ],
  [
    'a long file',
    /has 501 lines/,
    { 'src/gate/gate.ts': 'a()\n'.repeat(501) },
    { 'src/gate/gate.ts': 'a()\n'.repeat(500) },
  ],
  ['a long face', /a face of 41 lines/, { 'src/gate/index.ts': 'a()\n'.repeat(41) }, { 'src/gate/index.ts': 'a()\n' }],
  ['camel case', /is not kebab-case/, { 'src/gate/chunkLinks.ts': '' }, { 'src/gate/chunk-links.ts': '' }],
  [
    'what is left to do',
    /says "TODO"/,
    { 'src/gate/gate.ts': '// TODO: later' },
    { 'src/gate/gate.ts': '// TODOS are not kept' },
  ],
  ['a plan', /says "issue #12"/, { 'src/gate/gate.ts': '// see issue #12' }, { 'src/gate/gate.ts': '// see RFC 7519' }],
]

describe('a breach is seen, and its harmless twin is not:', () => {
  for (const [name, expected, breach, twin] of CASES) {
    it(name, () => {
      assert.match(checkHouse(new Map(Object.entries(breach))).join('\n'), expected)
      assert.deepEqual(checkHouse(new Map(Object.entries(twin))), [])
    })
  }
})
