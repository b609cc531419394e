/** The state of a session that decides how its next statement is read: `(state, outcome) → state`. */

import { isDeepStrictEqual } from 'node:util'
import type { StateChange, Statement } from '../statement/index.ts'
import type { Context } from '../wire/index.ts'
import { contextsAfterFailure, findMismatch, type PossibleContexts, predictContexts } from './context.ts'

export interface SessionState {
  readonly contexts: PossibleContexts
  /** Session variables whose value is known; a variable set from a query is not. */
  readonly variables: ReadonlyMap<string, string>
}

export function initialState(context: Context): SessionState {
  return { contexts: [context], variables: new Map() }
}

export function currentContext(state: SessionState): Context {
  return state.contexts[0]
}

/** True when both decide the same of the next statement. */
export function isSameState(one: SessionState, other: SessionState): boolean {
  return (
    isDeepStrictEqual(one.contexts, other.contexts) &&
    (one.variables === other.variables || isDeepStrictEqual(one.variables, other.variables))
  )
}

/** All changes a text makes, in order. */
export function changesOf(statements: readonly Statement[]): readonly StateChange[] {
  return statements.flatMap((statement) => statement.stateChanges)
}

/** True when the text must have its session to itself: no other statement may run while it changes the state. */
export function isExclusive(statements: readonly Statement[]): boolean {
  return statements.some((statement) => statement.stateChanges.length > 0)
}

export type Advance =
  | { readonly matches: true; readonly state: SessionState }
  | { readonly matches: false; readonly what: keyof Context }

/** The state after an answer that reports its final context. */
export function advance(state: SessionState, changes: readonly StateChange[], reported: Context): Advance {
  const mismatch = findMismatch(predictContexts(state.contexts, changes), reported)
  if (mismatch !== null) return { matches: false, what: mismatch }
  return { matches: true, state: { contexts: [reported], variables: changeVariables(state.variables, changes) } }
}

/** The state after a text that failed or whose outcome is unknown. */
export function advanceAfterFailure(state: SessionState, changes: readonly StateChange[]): SessionState {
  const variables = new Map(state.variables)
  // Whether the variable was set before the failure is not known, so its value is not known either.
  for (const change of changes) {
    if (change.change === 'set_variable') variables.delete(change.name)
    if (change.change === 'forget_variables') variables.clear()
  }
  return { contexts: contextsAfterFailure(state.contexts, changes), variables }
}

function changeVariables(
  before: ReadonlyMap<string, string>,
  changes: readonly StateChange[],
): ReadonlyMap<string, string> {
  const variables = new Map(before)
  for (const change of changes) {
    if (change.change === 'forget_variables') variables.clear()
    else if (change.change === 'set_variable' && change.value !== null) variables.set(change.name, change.value)
    else if (change.change === 'set_variable' || change.change === 'unset_variable') variables.delete(change.name)
  }
  return variables
}
