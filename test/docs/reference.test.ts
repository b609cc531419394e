/** The reference pages that are made from the program say what the program says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { listUndocumentedForms, renderCommandLine } from '../support/docs/render-command-line.ts'
import { renderConfiguration } from '../support/docs/render-configuration.ts'

function read(name: string): string {
  return readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8')
}

it('docs/reference/configuration.md is what npm run docs makes of the schema', () => {
  assert.equal(read('configuration.md'), renderConfiguration())
})

it('each key of the configuration has a meaning', () => {
  for (const line of renderConfiguration().split('\n')) assert.doesNotMatch(line, /^\| `.*\| +\|$/)
})

it('docs/reference/command-line.md is what npm run docs makes of the help', async () => {
  assert.equal(read('command-line.md'), await renderCommandLine())
})

it('each command has a JSON form that is described', () => {
  assert.deepEqual(listUndocumentedForms(), [])
})
