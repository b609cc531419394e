import type { Binding, StatementResult } from '../../engine.ts'
import type { CatalogueColumn, Table } from '../catalogue/index.ts'
import { canceled, compilationError, invalidIdentifier, unsupported } from '../errors.ts'
import {
  type Body,
  bodyOf,
  type Identifier,
  isIdentifier,
  kindOf,
  type Node,
  nameOf,
  type Rewriter,
  Scope,
} from '../rewrite/index.ts'
import { countsResult, parseStatement, type Session, type Statement, TYPE_ID } from '../session/index.ts'
import { display, duckName } from '../text/index.ts'
import { translateError } from '../translate-error.ts'
import { fromDuckType, TEXT, toColumn } from '../types/index.ts'
import { CONVERTED, converted, relationText, targetAlias, targetTable, valueText } from './dml-target.ts'
import { executeText } from './execute-text.ts'
import { multiInsert } from './multi-insert.ts'

export async function insert(session: Session, statement: Statement): Promise<StatementResult> {
  const { node, prepared, rewriter, needs } = parseStatement(session, statement)
  const body = bodyOf(node)
  if (kindOf(node) === 'multitable_inserts') {
    const isOverwrite = /^\s*INSERT\s+OVERWRITE\b/i.test(statement.sql)
    return multiInsert(session, statement, { node, prepared, rewriter, needs }, isOverwrite)
  }
  if (kindOf(node) !== 'insert') throw unsupported('INSERT')
  const target = targetTable(session, body.table as Node | Body)
  const columns = targetColumns(target, (body.columns ?? []) as Identifier[])
  const into = `INSERT INTO ${target.duckTable} (${columns.map((column) => duckName(column.name)).join(', ')})`
  const rows = (body.values ?? []) as Node[][]
  const query = body.query as Node | null
  let source: string
  if (rows.length > 0) source = valuesSource(rewriter, rows, columns, statement)
  else if (query && kindOf(query) === 'values')
    source = valuesSource(
      rewriter,
      (bodyOf(query).expressions as Body[]).map((row) => row.expressions as Node[]),
      columns,
      statement,
    )
  else if (query) source = await querySource(session, rewriter, query, columns, needs)
  else throw unsupported('INSERT')
  const isOverwrite = body.overwrite === true && !statement.options.describeOnly
  const insertRows = () => run(session, statement, target, `${into} ${source}`, needs)
  const count = isOverwrite ? await overwrite(session, statement, target, insertRows) : await insertRows()
  return countsResult(
    { 'number of rows inserted': count },
    { numRowsInserted: count, numRowsUpdated: 0, numRowsDeleted: 0, numDmlDuplicates: 0 },
    TYPE_ID.insert,
    prepared.bindCount,
  )
}

/** Empties the table and fills it in one transaction. */
async function overwrite(
  session: Session,
  statement: Statement,
  target: Table,
  insertRows: () => Promise<number>,
): Promise<number> {
  const isOwn = !session.inTransaction
  await session.begin()
  try {
    await executeText(session, statement, `DELETE FROM ${target.duckTable}`, { scratch: [], wait: 0 })
    const count = await insertRows()
    if (isOwn) await session.end('COMMIT')
    return count
  } catch (error) {
    if (isOwn) await session.end('ROLLBACK')
    throw error
  }
}

export function targetColumns(table: Table, names: readonly Identifier[]): readonly CatalogueColumn[] {
  if (names.length === 0) return table.columns
  return names.map((identifier) => {
    const column = table.columns.find((candidate) => candidate.name === nameOf(identifier))
    if (!column) throw invalidIdentifier(display(nameOf(identifier)))
    return column
  })
}

function valuesSource(
  rewriter: Rewriter,
  rows: readonly Node[][],
  columns: readonly CatalogueColumn[],
  statement: Statement,
): string {
  const scope = new Scope()
  const arrays = Object.entries(statement.options.bindings).filter(([, binding]) => Array.isArray(binding.value))
  if (arrays.length > 0) rewriter.bindRelation = 'BINDS'
  const texts = rows.map((row) => {
    if (row.length !== columns.length)
      throw compilationError(
        '002020',
        '21S01',
        `Insert value list does not match column list expecting ${columns.length} but got ${row.length}`,
      )
    return row.map((item, i) => valueText(rewriter, item, columns[i] as CatalogueColumn, scope))
  })
  if (arrays.length === 0) return `VALUES ${texts.map((row) => `(${row.join(', ')})`).join(', ')}`
  const relation = rewriter.print(bindSelect(rewriter, arrays))
  return `SELECT ${texts[0]?.join(', ')} FROM (${relation}) AS "BINDS"`
}

/** The rows of an array bind as a relation with one column per position. */
function bindSelect(rewriter: Rewriter, arrays: readonly (readonly [string, Binding])[]): Node {
  const lists = arrays.map(([, binding]) => binding.value as readonly (string | null)[])
  const columns = arrays.map(([position]) => toColumn(`B${position}`, TEXT, true))
  const rows = (lists[0] ?? []).map((_, row) => lists.map((list) => list[row] ?? null))
  const relation = rewriter.hostRelation({ columns, rows }, 'B')
  return rewriter.selectAll(relation)
}

async function querySource(
  session: Session,
  rewriter: Rewriter,
  query: Node,
  columns: readonly CatalogueColumn[],
  needs: ReturnType<typeof parseStatement>['needs'],
): Promise<string> {
  const sql = rewriter.print(rewriter.query(query, undefined).node)
  const scratch = await session.warehouse.loadScratch(sql, needs.scratch)
  const types = await session.warehouse.run(async (connection) => {
    try {
      const prepared = await connection.prepare(scratch.sql)
      return Array.from({ length: prepared.columnCount }, (_, i) => fromDuckType(prepared.columnType(i)))
    } catch (error) {
      throw translateError(error)
    } finally {
      await scratch.drop()
    }
  })
  if (types.length !== columns.length)
    throw compilationError(
      '002020',
      '21S01',
      `Insert value list does not match column list expecting ${columns.length} but got ${types.length}`,
    )
  if (!columns.some((column, i) => CONVERTED.has(column.type.name) && types[i]?.name !== column.type.name)) return sql
  const items = columns.map((column, i) =>
    rewriter.print(converted(rewriter.holes.expression(`q."C${i}"`), types[i], column.type)),
  )
  return `SELECT ${items.join(', ')} FROM (${sql}) AS q(${columns.map((_, i) => `"C${i}"`).join(', ')})`
}

export async function update(session: Session, statement: Statement): Promise<StatementResult> {
  const { node, prepared, rewriter, needs } = parseStatement(session, statement)
  const body = bodyOf(node)
  const target = targetTable(session, body.table as Body)
  const scope = new Scope()
  const alias = targetAlias(body.table as Body, target)
  const from = body.from_clause as Body | null
  const sources = ((from?.expressions ?? []) as Node[]).map((source) => relationText(rewriter, source, scope))
  scope.relations.unshift({ alias, outputs: target.columns })
  const assignments = (body.set as [Identifier, Node][]).map(([name, value]) => {
    const columnName = name.quoted ? name.name : (name.name.split('.').at(-1) ?? '').toUpperCase()
    const column = target.columns.find((candidate) => candidate.name === columnName)
    if (!column) throw invalidIdentifier(display(columnName))
    return `${duckName(columnName)} = ${valueText(rewriter, value, column, scope)}`
  })
  const where = body.where_clause as Body | null
  const sql = [
    `UPDATE ${target.duckTable} AS ${duckName(alias)} SET ${assignments.join(', ')}`,
    sources.length > 0 ? `FROM ${sources.join(', ')}` : '',
    where ? `WHERE ${rewriter.print(rewriter.expression(where.this as Node, scope))}` : '',
  ].join(' ')
  const count = await run(session, statement, target, sql, needs)
  return countsResult(
    { 'number of rows updated': count, 'number of multi-joined rows updated': 0 },
    { numRowsInserted: 0, numRowsUpdated: count, numRowsDeleted: 0, numDmlDuplicates: 0 },
    TYPE_ID.update,
    prepared.bindCount,
  )
}

export async function remove(session: Session, statement: Statement): Promise<StatementResult> {
  const { node, prepared, rewriter, needs } = parseStatement(session, statement)
  const body = bodyOf(node)
  const target = targetTable(session, body.table as Body)
  const scope = new Scope()
  const alias = isIdentifier(body.alias) ? nameOf(body.alias) : targetAlias(body.table as Body, target)
  const using = ((body.using ?? []) as Body[]).map((source) => relationText(rewriter, { table: source }, scope))
  scope.relations.unshift({ alias, outputs: target.columns })
  const where = body.where_clause as Body | null
  const sql = [
    `DELETE FROM ${target.duckTable} AS ${duckName(alias)}`,
    using.length > 0 ? `USING ${using.join(', ')}` : '',
    where ? `WHERE ${rewriter.print(rewriter.expression(where.this as Node, scope))}` : '',
  ].join(' ')
  const count = await run(session, statement, target, sql, needs)
  return countsResult(
    { 'number of rows deleted': count },
    { numRowsInserted: 0, numRowsUpdated: 0, numRowsDeleted: count, numDmlDuplicates: 0 },
    TYPE_ID.delete,
    prepared.bindCount,
  )
}

/** Runs DML and gives the number of rows it changed; a description checks the text alone. */
async function run(
  session: Session,
  statement: Statement,
  target: Table,
  sql: string,
  needs: ReturnType<typeof parseStatement>['needs'],
): Promise<number> {
  if (statement.options.signal.aborted) throw canceled()
  if (statement.options.describeOnly) {
    const scratch = await session.warehouse.loadScratch(sql, needs.scratch)
    try {
      await session.warehouse.run((connection) => connection.prepare(scratch.sql))
    } finally {
      await scratch.drop()
    }
    return 0
  }
  const reader = await executeText(session, statement, sql, needs)
  session.warehouse.touch(target)
  return Number(reader.getRows()[0]?.[0] ?? 0)
}
