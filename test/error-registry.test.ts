/**
 * Every error code is explained in the documentation, and every explanation is of a code. That each code is produced by
 * some test is checked at the end of a whole run, by `support/run-tests.ts`.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { ERRORS } from '../src/errors.ts'

const text = readFileSync(new URL('../docs/reference/errors.md', import.meta.url), 'utf8')
const sections = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => [/^`?(\w+)/.exec(section)?.[1] ?? '', section] as const),
)

describe('docs/reference/errors.md', () => {
  it('has a section for each code, and for nothing else, in the order of the registry', () => {
    assert.deepEqual([...sections.keys()], Object.keys(ERRORS))
  })

  for (const [code, spec] of Object.entries(ERRORS)) {
    it(`says of ${code} what it says, whose it is, and what to do`, () => {
      const section = sections.get(code) ?? ''
      assert.ok(section.includes(`> ${spec.text}`), 'the message is not quoted as it is')
      assert.match(section, new RegExp(`^Fault: ${spec.fault} · Retry: ${spec.retry ? 'yes' : 'no'}$`, 'm'))
      assert.match(section, /^What to do: \S/m)
    })
  }
})

describe('texts of errors', () => {
  for (const [code, { text }] of Object.entries(ERRORS)) {
    it(`${code} is one sentence that names no secret`, () => {
      assert.doesNotMatch(text, /\{(?:token|secret|password|sql|binds?|key)\}/i)
      assert.match(text, /^[A-Z].*[.d]$/)
    })
  }
})
