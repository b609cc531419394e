/** Comments cite documents of this repository, and headings in them, that are there. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { anchorsOf } from '../support/docs/anchors.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DOCUMENTS = globSync(['*.md', '{docs,examples}/**/*.md'], { cwd: ROOT })
/** At the start of a line or behind a space, so that the address in a text is none. */
const COMMENT = /(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/[^\n]*)/g
/** `driver-protocol.md#error-texts`, `docs/concepts/statement.md`. */
const DOCUMENT = /(?<![\w/.-])((?:[\w.-]+\/)*[\w-]+\.md)(?:#([\w-]+))?/g
/** A section of something that is no public standard. */
const SHEET = /\b(?:protocol|sheet|design|brief)\b[^\n]{0,20}§/g

/** What the comments of a file cite that is not there. */
function findDangling(text: string): readonly string[] {
  return [...text.matchAll(COMMENT)].flatMap(([comment]) => {
    const documents = [...comment.matchAll(DOCUMENT)].filter(([, path = '', anchor]) => !isThere(path, anchor))
    return [...documents, ...comment.matchAll(SHEET)].map(([cited]) => cited)
  })
}

/** A name without a folder must be the name of one document only. */
function isThere(path: string, anchor: string | undefined): boolean {
  const whole = path.includes('/') || DOCUMENTS.includes(path)
  const [document, ...others] = DOCUMENTS.filter((one) => (whole ? one === path : basename(one) === path))
  if (document === undefined || others.length > 0) return false
  return anchor === undefined || anchorsOf(readFileSync(join(ROOT, document), 'utf8')).has(anchor)
}

describe('comments cite what is there:', () => {
  for (const folder of ['src', 'emulator', 'demo', 'bench', 'test', 'bin']) {
    it(folder, () => {
      const files = globSync(`${folder}/**/*.{ts,js}`, { cwd: ROOT })
      assert.ok(files.length > 0)
      const dangling = files.map((path) => [path, findDangling(readFileSync(join(ROOT, path), 'utf8'))] as const)
      assert.deepEqual(
        dangling.filter(([, cited]) => cited.length > 0),
        [],
      )
    })
  }

  it('and what is not there is seen', () => {
    const good = [
      '/** driver-protocol.md#error-texts */',
      '// docs/concepts/statement.md and RFC 9562 §5.8',
      "const a = 'https://x/nowhere.md'",
    ]
    assert.deepEqual(findDangling(good.join('\n')), [])
    const bad = ['/**\n * nowhere.md */', '// driver-protocol.md#nowhere', '// docs/statement.md', '// (protocol §1.1)']
    assert.deepEqual(findDangling(bad.join('\n')), [
      'nowhere.md',
      'driver-protocol.md#nowhere',
      'docs/statement.md',
      'protocol §',
    ])
  })
})
