import { compilationError } from '../errors.ts'
import { Cursor, quoteText, readName } from '../text/index.ts'
import { INTEGER, TEXT, VARIANT } from '../types/index.ts'
import { bodyOf, type Identifier, kindOf, type Node, nameOf, printDuck } from './ast.ts'
import { constantText } from './constants.ts'
import { jsonPath } from './json-path.ts'
import { hostRows, namedRelation, rewriteRelation } from './relations.ts'
import { type Rewriter, renameOutputs } from './rewriter.ts'
import type { Outputs, Scope } from './scope.ts'
import { calledName, userTableFunction } from './user-functions.ts'

interface Call {
  readonly name: string
  readonly positional: readonly Node[]
  readonly named: ReadonlyMap<string, Node>
}

function readCall(node: Node): Call {
  const body = bodyOf(node)
  const isMethod = kindOf(node) === 'method_call'
  const name = isMethod ? nameOf(body.method as Identifier) : String(body.name).toUpperCase().replace(/^SF_/, '')
  const args = (body.args ?? []) as Node[]
  const named = args.filter((arg) => kindOf(arg) === 'named_argument').map(bodyOf)
  return {
    name,
    positional: args.filter((arg) => kindOf(arg) !== 'named_argument'),
    named: new Map(named.map((arg) => [nameOf(arg.name as Identifier), arg.value as Node])),
  }
}

/** `TABLE(…)`, `LATERAL FLATTEN(…)` and their kind. */
export function tableFunction(
  rewriter: Rewriter,
  node: Node,
  scope: Scope,
  alias: string | undefined,
  columns: readonly string[],
): Node {
  const kind = kindOf(node)
  if (kind !== 'function' && kind !== 'method_call') return rewriteRelation(rewriter, node, scope)
  const call = readCall(node)
  const [first] = call.positional
  switch (call.name) {
    case 'TABLE':
      if (!first) throw compilationError('001003', '42000', 'syntax error')
      if (kindOf(first) === 'function' || kindOf(first) === 'method_call')
        return tableFunction(rewriter, first, scope, alias, columns)
      return namedRelation(rewriter, nameFrom(rewriter, first), scope, alias, columns)
    case 'IDENTIFIER':
      return namedRelation(rewriter, nameFrom(rewriter, first), scope, alias, columns)
    case 'RESULT_SCAN':
      return hostRows(
        rewriter,
        rewriter.env.formerResult(constantText(rewriter, first)),
        scope,
        alias ?? 'RESULT_SCAN',
        columns,
      )
    case 'FLATTEN':
      return flatten(rewriter, call, scope, alias ?? 'FLATTEN', columns)
    case 'SPLIT_TO_TABLE':
    case 'STRTOK_SPLIT_TO_TABLE':
      return splitToTable(rewriter, call, scope, alias ?? call.name, columns)
    case 'GENERATOR': {
      const count = call.named.get('ROWCOUNT')
      scope.relations.push({ alias: alias ?? 'GENERATOR', outputs: [] })
      return rewriter.holes.relation(
        `range(${count ? Number(constantText(rewriter, count)) : 0})`,
        alias ?? 'GENERATOR',
      )
    }
    case 'QUERY_HISTORY':
    case 'QUERY_HISTORY_BY_SESSION':
    case 'QUERY_HISTORY_BY_USER':
    case 'QUERY_HISTORY_BY_WAREHOUSE': {
      const args = new Map([...call.named].map(([name, value]) => [name, constantText(rewriter, value)]))
      return hostRows(rewriter, rewriter.env.history(call.name, args), scope, alias ?? call.name, columns)
    }
    case 'TAG_REFERENCES':
    case 'TAG_REFERENCES_ALL_COLUMNS':
    case 'POLICY_REFERENCES': {
      const args = call.positional.map((arg) => constantText(rewriter, arg))
      const named = new Map([...call.named].map(([name, value]) => [name, constantText(rewriter, value)]))
      const rows = rewriter.env.references(call.name, args, named) ?? { columns: [], rows: [] }
      return hostRows(rewriter, rows, scope, alias ?? call.name, columns)
    }
    default: {
      const parts = calledName(node)
      const user = userTableFunction(
        rewriter,
        parts,
        (bodyOf(node).args ?? []) as Node[],
        scope,
        alias ?? call.name,
        columns,
      )
      if (user) return user
      throw compilationError('002141', '42601', `Unknown user-defined table function ${call.name}`)
    }
  }
}

function nameFrom(rewriter: Rewriter, node: Node | undefined): string[] {
  return readName(new Cursor(constantText(rewriter, node)))
}

const FLATTEN_OUTPUTS: Outputs = [
  { name: 'SEQ', type: INTEGER },
  { name: 'KEY', type: TEXT },
  { name: 'PATH', type: TEXT },
  { name: 'INDEX', type: INTEGER },
  { name: 'VALUE', type: VARIANT },
  { name: 'THIS', type: VARIANT },
]

function flatten(rewriter: Rewriter, call: Call, scope: Scope, alias: string, columns: readonly string[]): Node {
  const argument = (name: string, position: number) => call.named.get(name) ?? call.positional[position]
  const input = argument('INPUT', 0)
  if (!input)
    throw compilationError('000938', '22023', 'not enough arguments for function [FLATTEN], expected 1, got 0')
  const flag = (name: string, position: number) => {
    const node = argument(name, position)
    return node !== undefined && printDuck(node).toUpperCase() === 'TRUE'
  }
  const path = argument('PATH', 1)
  const value = rewriter.print(rewriter.expression(input, scope))
  const start = path
    ? `SF_GET_PATH(${value}, ${quoteText(jsonPath(constantText(rewriter, path)))})`
    : `to_json(${value})`
  const mode = argument('MODE', 4) ? constantText(rewriter, argument('MODE', 4)).toUpperCase() : 'BOTH'
  const list = `SFX_FLATTEN(${start}, ${flag('OUTER', 2)}, ${flag('RECURSIVE', 3)}, ${quoteText(mode)})`
  scope.relations.push({ alias, outputs: renameOutputs(FLATTEN_OUTPUTS, columns) })
  const names = (FLATTEN_OUTPUTS ?? []).map((output, i) => columns[i] ?? output.name)
  const fields = ['seq', 'key', 'path', 'index', 'value', 'this'].map((field) => `f.${field}`)
  return rewriter.holes.relation(
    `LATERAL (SELECT ${fields.join(', ')} FROM (SELECT unnest(${list}) AS f))`,
    alias,
    names,
  )
}

function splitToTable(rewriter: Rewriter, call: Call, scope: Scope, alias: string, columns: readonly string[]): Node {
  const [text, delimiter] = call.positional.map((arg) => rewriter.print(rewriter.expression(arg, scope)))
  const parts =
    call.name === 'SPLIT_TO_TABLE'
      ? `string_split(${text}, ${delimiter})`
      : `SFX_STRTOK_LIST(${text}, ${delimiter ?? "' '"})`
  const names = ['SEQ', 'INDEX', 'VALUE'].map((name, i) => columns[i] ?? name)
  scope.relations.push({ alias, outputs: names.map((name, i) => ({ name, type: i === 2 ? TEXT : INTEGER })) })
  return rewriter.holes.relation(
    `LATERAL (SELECT 1, unnest(range(1, len(${parts}) + 1)), unnest(${parts}))`,
    alias,
    names,
  )
}
