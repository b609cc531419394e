import type { NamedObject, Parameter, RoutineDefinition } from '../catalogue/index.ts'
import { unsupported } from '../errors.ts'
import { duckName } from '../text/index.ts'
import type { SnowflakeType } from '../types/index.ts'
import { bodyOf, type Identifier, isNode, kindOf, type Node, nameOf } from './ast.ts'
import { convert } from './conversions.ts'
import { findRoutine } from './find-routine.ts'
import { inferType } from './infer.ts'
import type { Rewriter } from './rewriter.ts'
import { Scope } from './scope.ts'

const ARGUMENTS = '__ARGUMENTS'

/** A call of a scalar function written in SQL, as its body. */
export function userFunction(
  rewriter: Rewriter,
  parts: readonly string[],
  args: readonly Node[],
  scope: Scope,
): Node | undefined {
  const found = findRoutine(rewriter.env, 'FUNCTION', parts, args.length)
  if (!found || isTable(found.routine)) return undefined
  const { object, routine } = found
  const values = argumentTexts(rewriter, routine.parameters, args, scope)
  const body = bodyText(object, routine)
  const isQuery = /^\s*(?:SELECT|WITH)\b/i.test(body)
  const { inner, node } = rewriter.inside(object.name, `SELECT ${isQuery ? `(${body})` : body}`, object)
  const [item] = bodyOf(node).expressions as [Node]
  const innerScope = parameterScope(routine.parameters)
  if (!isQuery) inner.substitutes = new Map(values)
  const value = inner.expression(item, innerScope)
  const returned = inner.print(
    convert(value, inferType(inner, item, innerScope), routine.returns as SnowflakeType, false),
  )
  const text = isQuery && values.length > 0 ? `SELECT ${returned} FROM ${argumentsRelation(values)}` : returned
  return rewriter.holes.expression(`(${text})`)
}

/** A call of a table function written in SQL; undefined when the name is none. */
export function userTableFunction(
  rewriter: Rewriter,
  parts: readonly string[],
  args: readonly Node[],
  scope: Scope,
  alias: string,
  columns: readonly string[],
): Node | undefined {
  const found = findRoutine(rewriter.env, 'FUNCTION', parts, args.length)
  if (!found || !isTable(found.routine)) return undefined
  const { object, routine } = found
  const values = argumentTexts(rewriter, routine.parameters, args, scope)
  const { inner, node } = rewriter.inside(object.name, bodyText(object, routine), object)
  const query = inner.print(inner.query(node, parameterScope(routine.parameters)).node)
  const outputs = (routine.returns as readonly Parameter[]).map(({ name, type }, i) => ({
    name: columns[i] ?? name,
    type,
  }))
  const names = outputs.map(({ name }) => duckName(name)).join(', ')
  scope.relations.push({ alias, outputs })
  const source =
    values.length === 0
      ? `(${query}) AS "__BODY"(${names})`
      : `${argumentsRelation(values)}, LATERAL (${query}) AS "__BODY"(${names})`
  return rewriter.holes.relation(
    `LATERAL (SELECT "__BODY".* FROM ${source})`,
    alias,
    outputs.map(({ name }) => name),
  )
}

/** The parts of a called name: `f`, `s.f` or `d.s.f`. */
export function calledName(node: Node): string[] {
  const body = bodyOf(node)
  if (kindOf(node) !== 'method_call') return [String(body.name).toUpperCase()]
  const owner = bodyOf(body.this as Node)
  const qualifiers = [owner.table, owner.name].filter((part) => part !== null && part !== undefined) as Identifier[]
  return [...qualifiers, body.method as Identifier].map(nameOf)
}

function isTable(routine: RoutineDefinition): boolean {
  return Array.isArray(routine.returns)
}

function bodyText(object: NamedObject, routine: RoutineDefinition): string {
  if (routine.language !== 'SQL') throw unsupported(`running a function in ${routine.language}`)
  return routine.body.replace(/;\s*$/, '') || `NULL -- ${object.name}`
}

function parameterScope(parameters: readonly Parameter[]): Scope {
  const scope = new Scope()
  scope.relations.push({ alias: '', outputs: parameters })
  return scope
}

/** Each parameter's name with the text of its argument, as the parameter's type. */
function argumentTexts(
  rewriter: Rewriter,
  parameters: readonly Parameter[],
  args: readonly Node[],
  scope: Scope,
): [name: string, text: string][] {
  return parameters.map((parameter, i) => {
    const given = args.find((arg) => isNamed(arg, parameter.name)) ?? args[i]
    const node =
      given === undefined ? undefined : kindOf(given) === 'named_argument' ? (bodyOf(given).value as Node) : given
    if (node === undefined) {
      const { inner, node: select } = rewriter.inside(parameter.name, `SELECT ${parameter.default}`, rewriter.env.names)
      const [item] = bodyOf(select).expressions as [Node]
      return [
        parameter.name,
        inner.print(convert(inner.expression(item, new Scope()), undefined, parameter.type, false)),
      ]
    }
    const value = convert(
      rewriter.expression(node, scope),
      inferType(rewriter, node, scope),
      parameter.type,
      false,
      node,
    )
    return [parameter.name, rewriter.print(value)]
  })
}

function isNamed(arg: Node, name: string): boolean {
  return isNode(arg) && kindOf(arg) === 'named_argument' && nameOf(bodyOf(arg).name as Identifier) === name
}

function argumentsRelation(values: readonly (readonly [name: string, text: string])[]): string {
  return `(SELECT ${values.map(([name, text]) => `${text} AS ${duckName(name)}`).join(', ')}) AS "${ARGUMENTS}"`
}
