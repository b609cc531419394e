import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { understood } from './support.testing.ts'

const CASES: readonly (readonly [sql: string, shape: string])[] = [
  ["SELECT  a -- x\n, 'b',$$c$$ , 1.5 FROM t", 'SELECT a , ?,? , ? FROM t'],
  ['select X\'48\', "Name", -1, $1, :2, ? /* c */', 'select X?, "Name", -?, $1, :?, ?'],
  ['SELECT $1 FROM @db.s.stage/secret/a.csv t', 'SELECT $1 FROM @db.s.stage/? t'],
  ['LIST @~', 'LIST @~'],
  ['PUT file:///home/bob/x.csv @s/y', 'PUT file://? @s/?'],
  ["SELECT 1;; DELETE FROM t WHERE a='x';", 'SELECT ?; DELETE FROM t WHERE a=?'],
  ['SELECT NUMBER(38,0)', 'SELECT NUMBER(?,?)'],
]

describe('shape and literals', () => {
  for (const [sql, shape] of CASES) it(sql, () => assert.equal(understood(sql).shape, shape))

  it('gives the spans of literals', () => {
    const sql = "SELECT 'a''b', 1.5, $$c$$ FROM @s/path"
    const literals = understood(sql).literals.map(({ start, end }) => sql.slice(start, end))
    assert.deepEqual(literals, ["'a''b'", '1.5', '$$c$$', '/path'])
  })
})
