import { compilationError } from '../errors.ts'
import { duckName, quoteText } from '../text/index.ts'
import { type Body, type Identifier, isIdentifier, type Node, nameOf } from './ast.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'

/** `OBJECT_CONSTRUCT(*)`, `{*}`: one object of all columns of a relation. */
export function objectOfStar(rewriter: Rewriter, star: Body, scope: Scope, keepNull: boolean): Node {
  const table = isIdentifier(star.table) ? nameOf(star.table) : undefined
  const except = ((star.except ?? []) as Identifier[]).map(nameOf)
  const pairs = scope.relations
    .filter((relation) => table === undefined || relation.alias === table)
    .flatMap((relation) => {
      if (!relation.outputs)
        throw compilationError('000002', '0A000', "Unsupported feature 'wildcard over an unknown relation'.")
      const prefix = relation.alias === '' ? '' : `${duckName(relation.alias)}.`
      return relation.outputs
        .filter((output) => !except.includes(output.name))
        .map((output) => `SFX_PAIR(${quoteText(output.name)}, ${prefix}${duckName(output.name)})`)
    })
  return rewriter.holes.expression(
    `${keepNull ? 'SFX_PAIRS_TO_FULL_OBJECT' : 'SFX_PAIRS_TO_OBJECT'}([${pairs.join(', ')}])`,
  )
}
