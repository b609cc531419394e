/** A statement of an earlier process, from what is on record of it. */
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { failureOfError } from './failure.ts'
import type { PastStatement } from './ports.ts'
import { type RunOutcome, StatementRun } from './statement-run.ts'

/** Said of a statement that had not been sent when its process ended. Its driver may send it again, and it is run then. */
export const UNSENT_AT_RESTART = 'a restart of Icecore'

/** Null for a statement that never left Icecore: there is nothing to go on with. */
export function resumeRun(past: PastStatement, clock: Clock): StatementRun | null {
  const { facts, statement = '' } = past.received
  const { requestId, pendingId, fingerprint, describeOnly, asynchronous } = facts
  const outcome = past.ended === null ? null : outcomeOf(past.ended, pendingId)
  if (outcome === 'unsent' || (outcome === null && past.sent === null)) return null
  const { queryId, sent } = past
  const { changes = [], upstreamRequestId = '' } = sent?.facts ?? {}
  return StatementRun.resume(
    {
      statement,
      pendingId,
      requestId,
      upstreamRequestId,
      fingerprint,
      describeOnly,
      asynchronous,
      queryId,
      changes,
      outcome,
    },
    clock,
  )
}

function outcomeOf(ended: NonNullable<PastStatement['ended']>, pendingId: string): RunOutcome | 'unsent' {
  switch (ended.type) {
    case 'statement.completed':
      return { kind: 'answer', queryId: ended.facts.queryId, answer: null }
    case 'statement.failed': {
      const { code, sqlState, message, icecore, queryId } = ended.facts
      return { kind: 'failure', failure: { code, sqlState, message, icecore, queryId: queryId ?? pendingId } }
    }
    case 'statement.denied':
      return { kind: 'failure', failure: { ...ended.facts, queryId: pendingId } }
    case 'statement.cancelled': {
      if (ended.facts.by === UNSENT_AT_RESTART) return 'unsent'
      const error = new IcecoreError('ICE_STATEMENT_CANCELLED')
      return { kind: 'failure', failure: failureOfError(error, ended.facts.queryId ?? pendingId) }
    }
    default:
      return { kind: 'failure', failure: failureOfError(new IcecoreError('ICE_OUTCOME_UNKNOWN'), pendingId) }
  }
}
