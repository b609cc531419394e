import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TOOLS } from '../clients/tools/tool.ts'
import { readSteps } from './read-steps.ts'

const FOLDER = fileURLToPath(new URL('../../docs/guides/clients/', import.meta.url))
const pages = globSync('*.md', { cwd: FOLDER }).filter((file) => file !== 'README.md')

function read(file: string): string {
  return readFileSync(`${FOLDER}${file}`, 'utf8')
}

/** The first lines of fences that do not say whether they are run. */
function unmarkedFences(text: string): readonly number[] {
  const lines = text.split('\n')
  const fences = lines.flatMap((line, i) => (line.startsWith('```') ? [i] : [])).filter((_, n) => n % 2 === 0)
  return fences.filter((i) => !/^<!-- .+ -->$/.test(lines[i - 1] ?? '')).map((i) => i + 1)
}

describe('pages of clients:', () => {
  for (const file of pages) {
    it(`${file} is followed with a client, and each of its fences is run or says that it is not`, () => {
      assert.ok(TOOLS.some(({ guides }) => guides.includes(file.replace('.md', ''))))
      assert.deepEqual(unmarkedFences(read(file)), [])
      assert.ok(readSteps(read(file)).some(({ step }) => step === 'run'))
      assert.ok(readSteps(read(file)).some(({ step }) => step === 'shows'))
      assert.ok(read('README.md').includes(`](${file})`))
    })
  }

  it('no page is followed that is not there', () => {
    const followed = TOOLS.flatMap(({ guides }) => guides.map((page) => `${page}.md`))
    assert.deepEqual([...new Set(followed)].sort(), pages.sort())
  })

  it('a fence without a mark is seen, and one with a mark that nobody knows', () => {
    assert.deepEqual(unmarkedFences('<!-- run -->\n```sh\nls\n```\n\n```sh\nls\n```\n'), [6])
    assert.throws(() => readSteps('<!-- perhaps -->\n```sh\nls\n```\n'), /nobody knows/)
  })
})
