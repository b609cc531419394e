import { createHash } from 'node:crypto'
import type { StatementRequest } from './statement-request.ts'

/** Keyed: the same text gives the same mark, and the mark gives no text. */
export type KeyedHash = (value: string) => string

/**
 * What makes a statement the same: its text, binds and flags. Not the time or retry fields, which differ by attempt.
 * Keyed, since it stands in the record beside a text whose secrets were cut out.
 */
export function fingerprintOf(request: StatementRequest, keyedHash: KeyedHash): string {
  const { sqlText, bindingsJson, parameters, describeOnly, asynchronous } = request
  const hash = createHash('sha256')
    .update(JSON.stringify([sqlText, parameters, describeOnly, asynchronous]))
    .update(bindingsJson ?? '')
    .digest('base64')
  return keyedHash(hash)
}
