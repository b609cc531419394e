import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { followDocument } from './follow-document.ts'
import { readSteps } from './read-steps.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const steps = readSteps(await readFile(join(ROOT, 'docs/getting-started.md'), 'utf8'))

describe('docs/getting-started.md, followed word by word', () => {
  followDocument(steps)

  it('has steps of every kind, so that a mark in another form is not passed over', async () => {
    const text = await readFile(join(ROOT, 'docs/getting-started.md'), 'utf8')
    assert.equal(steps.length, text.match(/^<!-- /gm)?.length)
    assert.deepEqual([...new Set(steps.map(({ step }) => step))].sort(), ['background', 'file', 'run', 'shows'])
  })
})
