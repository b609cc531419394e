/** Documents name what is there: each relative link, each anchor, each file of the repository, each generated table. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { anchorsOf } from '../support/docs/anchors.ts'
import { renderParameters } from '../support/docs/render-parameters.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LINK = /\]\(([^)\s]+)\)/g
const FILE = /`((?:src|emulator|demo|console|test|bench|docs|bin|examples|deploy)\/[\w./-]*)`/g

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** What a document names that is not there. */
function findMissing(path: string, text: string): readonly string[] {
  const links = [...text.matchAll(LINK)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = '', anchor] = target.split('#')
    const to = file === '' ? path : join(dirname(path), decodeURIComponent(file))
    if (!existsSync(join(ROOT, to))) return [target]
    return anchor === undefined || anchorsOf(read(to)).has(anchor) ? [] : [target]
  })
  const files = [...text.matchAll(FILE)].flatMap(([, file = '']) => (existsSync(join(ROOT, file)) ? [] : [file]))
  return [...links, ...files]
}

describe('documents name what is there:', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort()
  for (const path of documents) {
    it(path, () => assert.deepEqual(findMissing(path, read(path)), []))
  }

  it('and what is not there is seen', () => {
    const text =
      '[a](nowhere.md) [b](README.md#no-such-heading) `src/no-such-file.ts` [c](https://example.com) `src/errors.ts`'
    assert.deepEqual(findMissing('README.md', text), ['nowhere.md', 'README.md#no-such-heading', 'src/no-such-file.ts'])
  })
})

it('docs/README.md leads to every document', () => {
  const map = read('docs/README.md')
  const unlisted = globSync('docs/**/*.md', { cwd: ROOT }).filter(
    (path) => path !== 'docs/README.md' && !map.includes(`](${path.slice('docs/'.length)})`),
  )
  assert.deepEqual(unlisted, [])
})

it('docs/reference/parameters.md is what npm run docs makes of the table', () => {
  assert.equal(read('docs/reference/parameters.md'), renderParameters())
})
