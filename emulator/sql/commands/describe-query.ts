import type { Column, StatementOptions } from '../../engine.ts'
import type { CatalogueColumn } from '../catalogue/index.ts'
import { bodyOf, type Node, Scope } from '../rewrite/index.ts'
import { parseStatement, runQuery, type Session, type Statement } from '../session/index.ts'
import { type Field, fixed, type SnowflakeType } from '../types/index.ts'

/** The columns of a query, with their types, without running it. */
export async function describeQuery(session: Session, statement: Statement): Promise<CatalogueColumn[]> {
  const options: StatementOptions = { ...statement.options, describeOnly: true }
  const { columns } = await runQuery(session, { sql: statement.sql, options })
  return columns.map((column) => ({ name: column.name, type: typeOf(column), nullable: column.nullable }))
}

function typeOf(column: Column): SnowflakeType {
  if (column.type === 'fixed') return fixed(column.precision ?? 38, column.scale ?? 0)
  return {
    name: (column.extTypeName?.toLowerCase() ?? column.type) as SnowflakeType['name'],
    ...(column.scale === null ? {} : { scale: column.scale }),
    ...(column.length === null ? {} : { length: column.length }),
    ...(column.fields ? { fields: column.fields.map(fieldOf) } : {}),
    ...(column.vectorDimension === undefined ? {} : { dimension: column.vectorDimension }),
  }
}

function fieldOf(field: Column): Field {
  return { name: field.name, type: typeOf(field), ...(field.nullable ? {} : { notNull: true }) }
}

/** A single expression as DuckDB's SQL: defaults of columns. */
export function expressionText(session: Session, sql: string, statement: Statement): string {
  const { node, rewriter } = parseStatement(session, { sql: `SELECT ${sql}`, options: statement.options })
  const [item] = bodyOf(node).expressions as Node[]
  return rewriter.print(rewriter.expression(item as Node, new Scope()))
}
