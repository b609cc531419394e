import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { OPTIONS, refused, understood } from './support.testing.ts'

interface Case {
  readonly id: string
  readonly sql: string
  readonly kind: string
  readonly variables?: Readonly<Record<string, string>>
}

/** Refused on purpose: what a scripting block or a text from a variable does cannot be seen in the text. */
const REFUSED: Readonly<Record<string, string>> = {
  'dyn-block': 'scripting_block',
  'dyn-procedure-cte': 'scripting_block',
  'dyn-exec-immediate-var': 'dynamic_sql',
}

const CASES = readFileSync(new URL('../../../test/vectors/statement-kinds.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

describe('kinds of the lineage cases', () => {
  for (const { id, sql, kind, variables } of CASES) {
    it(id, () => {
      const options = { ...OPTIONS, variables: new Map(Object.entries(variables ?? {})) }
      if (REFUSED[id] !== undefined) assert.equal(refused(sql, options).code, REFUSED[id])
      else {
        const { statements } = understood(sql, options)
        assert.equal(statements.length === 1 ? statements[0]?.kind : 'MULTI', kind)
      }
    })
  }

  it('holds every refused case', () => {
    for (const id of Object.keys(REFUSED))
      assert.ok(
        CASES.some((entry) => entry.id === id),
        id,
      )
  })
})
