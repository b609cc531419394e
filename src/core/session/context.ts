/**
 * Where a session stands, and where a statement will take it.
 *
 * Icecore reads names by the context, so its picture must be the upstream's. Each text is predicted before it runs,
 * and the context that the answer reports (`finalDatabaseName`, …) must be one of the predicted ones. After a text
 * that failed in the middle several contexts are possible, until the next answer says which one it is.
 */

import type { StateChange } from '../statement/index.ts'
import type { Context } from '../wire/index.ts'

const PUBLIC = 'PUBLIC'

/** The contexts a session may be in; the first is the likely one. Never empty. */
export type PossibleContexts = readonly [Context, ...Context[]]

/** The contexts possible after the changes have all been made. */
export function predictContexts(before: PossibleContexts, changes: readonly StateChange[]): PossibleContexts {
  return changes.reduce<PossibleContexts>(
    (contexts, change) => distinct(contexts.flatMap((at) => step(at, change))),
    before,
  )
}

/** The contexts possible after a text that failed: any number of its changes may have been made. */
export function contextsAfterFailure(before: PossibleContexts, changes: readonly StateChange[]): PossibleContexts {
  const reached = changes.map((_, done) => predictContexts(before, changes.slice(0, done + 1)))
  return distinct([...before, ...reached.flat()])
}

/** The part of the reported context that no predicted context has; null when the report was predicted. */
export function findMismatch(predicted: PossibleContexts, reported: Context): keyof Context | null {
  if (predicted.some((context) => sameContext(context, reported))) return null
  const parts = ['role', 'warehouse', 'database', 'schema'] as const
  return parts.find((part) => !predicted.some((context) => context[part] === reported[part])) ?? 'schema'
}

/** One change from one context. A conditional one may not have happened: only the upstream knows which objects exist. */
function step(at: Context, change: StateChange): readonly Context[] {
  const after = outcomes(at, change)
  return 'conditional' in change && change.conditional === true ? [...after, at] : after
}

function outcomes(at: Context, change: StateChange): readonly Context[] {
  switch (change.change) {
    case 'use_role':
      return [{ ...at, role: change.name }]
    case 'use_warehouse':
    case 'create_warehouse':
      return [{ ...at, warehouse: change.name }]
    case 'use_database':
      // Snowflake selects PUBLIC when the database has it, and no schema otherwise.
      return [
        { ...at, database: change.name, schema: PUBLIC },
        { ...at, database: change.name, schema: null },
      ]
    case 'create_database':
      return [{ ...at, database: change.name, schema: PUBLIC }]
    case 'use_schema':
    case 'create_schema':
      return [{ ...at, database: change.database ?? at.database, schema: change.name }]
    case 'drop_database':
      return change.name === at.database ? [{ ...at, database: null, schema: null }] : [at]
    case 'drop_schema':
      return (change.database ?? at.database) === at.database && change.name === at.schema
        ? [{ ...at, schema: null }]
        : [at]
    case 'drop_warehouse':
      return change.name === at.warehouse ? [{ ...at, warehouse: null }] : [at]
    case 'use_secondary_roles':
    case 'set_parameter':
    case 'unset_parameter':
    case 'set_variable':
    case 'unset_variable':
    case 'transaction':
    case 'temporary_object':
    case 'forget_variables':
      return [at]
  }
}

function distinct(contexts: readonly Context[]): PossibleContexts {
  const [first, ...rest] = contexts.filter(
    (one, index) => contexts.findIndex((other) => sameContext(one, other)) === index,
  )
  if (first === undefined) throw new TypeError('a session is always in some context')
  return [first, ...rest]
}

function sameContext(one: Context, other: Context): boolean {
  return (
    one.role === other.role &&
    one.warehouse === other.warehouse &&
    one.database === other.database &&
    one.schema === other.schema
  )
}
