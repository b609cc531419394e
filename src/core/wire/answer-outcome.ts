import { findValue, readBoolean, readString } from '../../lib/json/index.ts'
import { protocolError, scanAnswer } from './read-json.ts'

/** What every envelope says of itself. */
export interface AnswerOutcome {
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
}

export function readOutcome(bytes: Uint8Array): AnswerOutcome {
  const document = scanAnswer(bytes, {})
  const success = readBoolean(document, findValue(document, 'success'))
  if (success === undefined) throw protocolError('the answer does not say whether it succeeded')
  return {
    success,
    code: readString(document, findValue(document, 'code')) ?? null,
    message: readString(document, findValue(document, 'message')) ?? null,
  }
}
