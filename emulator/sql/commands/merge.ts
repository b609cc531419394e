import type { StatementResult } from '../../engine.ts'
import type { CatalogueColumn, Table } from '../catalogue/index.ts'
import { invalidIdentifier } from '../errors.ts'
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
import { relationText, targetAlias, targetTable, valueText } from './dml-target.ts'
import { executeText } from './execute-text.ts'

/** `MERGE INTO … USING …`. */
export async function merge(session: Session, statement: Statement): Promise<StatementResult> {
  const { node, prepared, rewriter, needs } = parseStatement(session, statement)
  const body = bodyOf(node)
  const target = targetTable(session, body.this as Node)
  const alias = targetAlias(body.this as Body, target)
  const scope = new Scope()
  const using = relationText(rewriter, body.using as Node, scope)
  scope.relations.unshift({ alias, outputs: target.columns })
  const on = rewriter.print(rewriter.expression(body.on as Node, scope))
  const whens = (bodyOf(body.whens as Node).expressions as Node[]).map((when) =>
    whenText(rewriter, bodyOf(when), target, scope),
  )
  const sql = `MERGE INTO ${target.duckTable} AS ${duckName(alias)} USING ${using} ON ${on} ${whens.join(' ')} RETURNING merge_action`
  const counts = { INSERT: 0, UPDATE: 0, DELETE: 0 }
  if (!statement.options.describeOnly) {
    const reader = await executeText(session, statement, sql, needs)
    session.warehouse.touch(target)
    for (const [action] of reader.getRows()) counts[String(action) as keyof typeof counts]++
  }
  const kinds = new Set(whens.map((when) => /THEN (INSERT|UPDATE|DELETE)/.exec(when)?.[1]))
  return countsResult(
    {
      ...(kinds.has('INSERT') ? { 'number of rows inserted': counts.INSERT } : {}),
      ...(kinds.has('UPDATE') ? { 'number of rows updated': counts.UPDATE } : {}),
      ...(kinds.has('DELETE') ? { 'number of rows deleted': counts.DELETE } : {}),
    },
    {
      numRowsInserted: counts.INSERT,
      numRowsUpdated: counts.UPDATE,
      numRowsDeleted: counts.DELETE,
      numDmlDuplicates: 0,
    },
    TYPE_ID.merge,
    prepared.bindCount,
  )
}

function whenText(rewriter: Rewriter, when: Body, target: Table, scope: Scope): string {
  const matched = when.matched as Node | boolean
  const isMatched = typeof matched === 'boolean' ? matched : bodyOf(matched).value === true
  const condition = when.condition ? ` AND ${rewriter.print(rewriter.expression(when.condition as Node, scope))}` : ''
  return `WHEN ${isMatched ? 'MATCHED' : 'NOT MATCHED'}${condition} THEN ${actionText(rewriter, when.then as Node, target, scope)}`
}

function actionText(rewriter: Rewriter, action: Node, target: Table, scope: Scope): string {
  if (kindOf(action) === 'var') return String(bodyOf(action).this)
  const [verb, ...parts] = bodyOf(action).expressions as Node[]
  const lists = parts.map((part) => bodyOf(part).expressions as Node[])
  const columnOf = (identifier: Node) => {
    const inner = bodyOf(identifier)
    const name = nameOf((isIdentifier(inner) ? inner : inner.name) as Identifier)
    const column = target.columns.find((candidate) => candidate.name === name)
    if (!column) throw invalidIdentifier(display(name))
    return column
  }
  if (bodyOf(verb as Node).this === 'UPDATE') {
    const assignments = (lists[0] ?? []).map((assignment) => {
      const { left, right } = bodyOf(assignment) as { left: Node; right: Node }
      const column = columnOf(left)
      return `${duckName(column.name)} = ${valueText(rewriter, right, column, scope)}`
    })
    return `UPDATE SET ${assignments.join(', ')}`
  }
  const [names = [], values] = lists.length > 1 ? lists : [undefined, lists[0]]
  const columns = names.length > 0 ? names.map(columnOf) : target.columns
  const texts = (values ?? []).map((value, i) => valueText(rewriter, value, columns[i] as CatalogueColumn, scope))
  return `INSERT (${columns.map((column) => duckName(column.name)).join(', ')}) VALUES (${texts.join(', ')})`
}
