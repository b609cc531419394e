/**
 * A session's state, folded from the answers of the upstream.
 *
 * The scenario that justifies it: `USE SCHEMA hr` and then `SELECT * FROM people` reads another table than before.
 * Whoever judges the second statement must know the first, and must notice when his picture is not Snowflake's.
 */
export type { PossibleContexts } from './context.ts'
export {
  type Advance,
  advance,
  advanceAfterFailure,
  changesOf,
  currentContext,
  initialState,
  isExclusive,
  isSameState,
  type SessionState,
} from './state.ts'
