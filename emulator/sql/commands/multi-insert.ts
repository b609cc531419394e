import type { StatementResult } from '../../engine.ts'
import type { CatalogueColumn, Table } from '../catalogue/index.ts'
import { compilationError, unsupported } from '../errors.ts'
import { type Body, bodyOf, type Identifier, kindOf, type Node, Scope } from '../rewrite/index.ts'
import { countsResult, type parseStatement, type Session, type Statement, TYPE_ID } from '../session/index.ts'
import { display, duckName } from '../text/index.ts'
import { targetColumns } from './dml.ts'
import { converted, targetTable, valueText } from './dml-target.ts'
import { executeText } from './execute-text.ts'

type Parsed = ReturnType<typeof parseStatement>

interface Branch {
  readonly target: Table
  /** DuckDB's condition over the source; TRUE where there is none. */
  readonly condition: string
  readonly insert: string
}

/** `INSERT [OVERWRITE] ALL | FIRST [WHEN … THEN] INTO … SELECT …`: each row of the source into several tables. */
export async function multiInsert(
  session: Session,
  statement: Statement,
  parsed: Parsed,
  isOverwrite: boolean,
): Promise<StatementResult> {
  const { node, rewriter, needs, prepared } = parsed
  const body = bodyOf(node)
  const source = rewriter.query(body.source as Node, undefined)
  if (!source.outputs) throw unsupported('multi-table INSERT from a source of unknown columns')
  const scratch = session.warehouse.newScratchName()
  const scope = new Scope()
  scope.relations.push({ alias: 'SOURCE', outputs: source.outputs })
  const branches = readBranches(session, parsed, body, scope, scratch)
  const counts = new Map(branches.map(({ target }) => [`number of rows inserted into ${display(target.name)}`, 0]))
  const answer = () => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const stats = { numRowsInserted: total, numRowsUpdated: 0, numRowsDeleted: 0, numDmlDuplicates: 0 }
    return countsResult(Object.fromEntries(counts), stats, TYPE_ID.multiInsert, prepared.bindCount)
  }
  if (statement.options.describeOnly) return answer()
  const none = { scratch: [], wait: 0 }
  const isOwn = !session.inTransaction
  await session.begin()
  try {
    await executeText(session, statement, `CREATE TABLE ${scratch} AS ${rewriter.print(source.node)}`, needs)
    const targets = new Set(isOverwrite ? branches.map(({ target }) => target.duckTable) : [])
    for (const target of targets) await executeText(session, statement, `DELETE FROM ${target}`, none)
    for (const { target, condition, insert } of branches) {
      const reader = await executeText(session, statement, `${insert} WHERE ${condition}`, none)
      session.warehouse.touch(target)
      const name = `number of rows inserted into ${display(target.name)}`
      counts.set(name, (counts.get(name) ?? 0) + Number(reader.getRows()[0]?.[0] ?? 0))
    }
    await executeText(session, statement, `DROP TABLE ${scratch}`, none)
    if (isOwn) await session.end('COMMIT')
  } catch (error) {
    if (isOwn) await session.end('ROLLBACK')
    throw error
  }
  return answer()
}

/** Each INTO with its condition: one without WHEN follows the WHEN before it, ELSE takes what no WHEN took. */
function readBranches(session: Session, parsed: Parsed, body: Body, scope: Scope, scratch: string): Branch[] {
  const { rewriter } = parsed
  const isFirst = body.kind === 'FIRST'
  const conditions: string[] = []
  let condition = 'TRUE'
  return (body.expressions as Node[]).map((node) => {
    const { this: into, expression, else_: otherwise } = bodyOf(node) as Record<string, Node | null | undefined>
    const none = conditions.map((earlier) => `NOT COALESCE(${earlier}, FALSE)`)
    if (otherwise) {
      condition = none.join(' AND ') || 'TRUE'
    } else if (expression) {
      const text = `(${rewriter.print(rewriter.expression(expression, scope))})`
      condition = isFirst ? [text, ...none].join(' AND ') : text
      conditions.push(text)
    }
    const insert = bodyOf(into as Node)
    const target = targetTable(session, insert.table as Node | Body)
    return { target, condition, insert: insertText(parsed, insert, target, scope, scratch) }
  })
}

function insertText({ rewriter }: Parsed, insert: Body, target: Table, scope: Scope, scratch: string): string {
  const columns = targetColumns(target, (insert.columns ?? []) as Identifier[])
  const [values] = (insert.values ?? []) as Node[][]
  const outputs = scope.relations[0]?.outputs ?? []
  const got = values?.length ?? outputs.length
  if (got !== columns.length)
    throw compilationError(
      '002020',
      '21S01',
      `Insert value list does not match column list expecting ${columns.length} but got ${got}`,
    )
  const texts = columns.map((column, i) => {
    const value = values?.[i]
    if (value) return kindOf(value) === 'var' ? defaultText(column) : valueText(rewriter, value, column, scope)
    const output = outputs[i]
    return rewriter.print(
      converted(rewriter.holes.expression(`"SOURCE".${duckName(output?.name ?? '')}`), output?.type, column.type),
    )
  })
  const names = columns.map((column) => duckName(column.name)).join(', ')
  return `INSERT INTO ${target.duckTable} (${names}) SELECT ${texts.join(', ')} FROM ${scratch} AS "SOURCE"`
}

/** `DEFAULT` stands in VALUES alone, and here the values come from a query. */
function defaultText(column: CatalogueColumn): string {
  if (column.default === undefined) return 'NULL'
  throw unsupported('DEFAULT in a multi-table INSERT')
}
