import { generate, parse } from '@polyglot-sql/sdk'
import { SqlError } from '../../engine.ts'
import { syntaxError } from '../errors.ts'
import { mangle } from '../text/index.ts'

/** A node of polyglot's tree: `{kind: body}`. */
export type Node = { [kind: string]: unknown }
export type Body = { [field: string]: unknown }

export interface Identifier {
  readonly name: string
  readonly quoted: boolean
}

/** Parses one statement of Snowflake SQL. */
export function parseOne(sql: string): Node {
  const result = parse(sql, 'snowflake' as never)
  if (!result.success) {
    // Positions are code points, and stand behind the token that surprised the parser.
    const atEnd = result.error?.includes('end of input') === true
    const offset = atEnd
      ? sql.length
      : Array.from(sql)
          .slice(0, Math.max(result.errorStart ?? 0, 0))
          .join('').length
    const unexpected = /[^\s(),;]+/.exec(sql.slice(offset))?.[0] ?? '<EOF>'
    if (/nest|depth|recursion|stack/i.test(result.error ?? '')) {
      throw new SqlError('001119', '42000', 'SQL compilation error:\nStatement is nested too deeply.')
    }
    throw syntaxError(sql, offset, unexpected)
  }
  const nodes = result.ast as unknown as Node[]
  const [node] = nodes
  if (!node || nodes.length !== 1) throw syntaxError(sql, 0, sql.split(/\s/)[0] ?? '')
  return node
}

/** DuckDB's text of a rewritten tree. */
export function printDuck(node: Node): string {
  const result = generate([node] as never, 'duckdb' as never)
  if (!result.success || !result.sql) throw new SqlError('000603', 'XX000', `Internal error: ${result.error}`)
  return result.sql[0] ?? ''
}

/** Snowflake's text of an expression, from which an unnamed column takes its name. */
export function printSnowflake(node: Node): string {
  const result = generate([node] as never, 'snowflake' as never)
  return (result.sql?.[0] ?? '').replace(/\bSF_(?=\w+\()/gi, '')
}

export function kindOf(node: Node): string {
  return Object.keys(node)[0] ?? ''
}

export function bodyOf(node: Node): Body {
  return Object.values(node)[0] as Body
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1
}

export function isIdentifier(value: unknown): value is Identifier {
  return typeof value === 'object' && value !== null && 'name' in value && 'quoted' in value && 'span' in value
}

/** The parts of a table's name; the middle one of `db..t` is empty. */
export function tableNameParts(body: Body): string[] {
  return ['catalog', 'schema', 'name']
    .map((field) => body[field] as Identifier | null | undefined)
    .filter((part) => part !== null && part !== undefined)
    .map(nameOf)
}

/** The name that an identifier means, by Snowflake's case rule. */
export function nameOf(identifier: Identifier): string {
  return identifier.quoted ? identifier.name : identifier.name.toUpperCase()
}

/** An identifier as DuckDB reads it. */
export function duckIdentifier(name: string): Identifier & Body {
  return { ...IDENTIFIER, name: mangle(name), quoted: true }
}

const [COLUMN, CALL, TEXT_LITERAL, NUMBER_LITERAL, ALIAS, CAST, AGGREGATE] = templates(
  `SELECT "c", SF_F(), 'x', 1, 1 AS "a", CAST(1 AS SFT_0), SF_F(1) FILTER (WHERE TRUE)`,
)
const IDENTIFIER = bodyOf(COLUMN as Node).name as Identifier & Body
const TABLE = ((bodyOf(parseOne('SELECT 1 FROM "t"')).from as Body).expressions as Node[])[0] as Node

function templates(sql: string): Node[] {
  return bodyOf(parseOne(sql)).expressions as Node[]
}

function like(template: Node | undefined, fields: Body): Node {
  const [kind = '', body] = Object.entries(template ?? {})[0] ?? []
  return { [kind]: { ...(body as Body), ...fields } }
}

export function columnNode(name: string, table?: string): Node {
  return like(COLUMN, { name: duckIdentifier(name), table: table === undefined ? null : duckIdentifier(table) })
}

export function callNode(name: string, args: readonly Node[]): Node {
  return like(CALL, { name, args })
}

export function textNode(value: string): Node {
  return like(TEXT_LITERAL, { literal_type: 'string', value })
}

export function numberNode(value: string): Node {
  return like(NUMBER_LITERAL, { literal_type: 'number', value })
}

export function aliasNode(node: Node, name: string): Node {
  return like(ALIAS, { this: node, alias: duckIdentifier(name) })
}

/** A cast to a type as DuckDB writes it. */
export function castNode(node: Node, duckType: string, lenient = false): Node {
  const cast = like(CAST, { this: node, to: { data_type: 'custom', name: duckType } })
  return lenient ? { try_cast: bodyOf(cast) } : cast
}

export interface AggregateParts {
  readonly distinct?: boolean
  readonly orderBy?: readonly unknown[]
  readonly filter?: Node
}

export function aggregateNode(name: string, args: readonly Node[], parts: AggregateParts = {}): Node {
  return like(AGGREGATE, {
    name,
    args,
    distinct: parts.distinct ?? false,
    order_by: parts.orderBy ?? [],
    filter: parts.filter ?? null,
  })
}

export const NULL_NODE: Node = { null: null }

/**
 * Pieces of finished DuckDB SQL that stand in a tree under a name of their own until it is printed. They spare the
 * tree (and the parser's depth limit) all that has no node in Snowflake's grammar: view bodies, laterals, value lists.
 */
export class Holes {
  readonly #texts = new Map<string, string>()

  #open(sql: string): string {
    const name = `__HOLE_${this.#texts.size}__`
    this.#texts.set(`"${name}"`, sql)
    return name
  }

  expression(sql: string): Node {
    return like(COLUMN, { name: { ...IDENTIFIER, name: this.#open(sql), quoted: true }, table: null })
  }

  relation(sql: string, alias: string, columnAliases: readonly string[] = []): Node {
    return like(TABLE, {
      name: { ...IDENTIFIER, name: this.#open(sql), quoted: true },
      alias: duckIdentifier(alias),
      alias_explicit_as: true,
      column_aliases: columnAliases.map(duckIdentifier),
    })
  }

  fill(sql: string): string {
    return sql.replace(/"__HOLE_\d+__"/g, (name) => this.fill(this.#texts.get(name) ?? name))
  }
}
