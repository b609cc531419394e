/** Snowflake's envelopes, as they come from the upstream: read through once, whatever is asked of them afterwards. */
import { findValue, type JsonDocument, readBoolean, readString } from '../../lib/json/index.ts'
import { protocolError, scanAnswer } from './read-json.ts'

/** What every envelope says of itself. */
export interface AnswerOutcome {
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
}

/** An answer that is an envelope: `data`'s members can be found in it, and what no client may see was looked out for. */
export interface AnswerEnvelope extends AnswerOutcome {
  readonly document: JsonDocument
}

/** Member names in `data`, in lower case: the scanner compares so. Credentials, pre-signed URLs, file transfers. */
const FORBIDDEN = new Set([
  'stageinfo',
  'uploadinfo',
  'command',
  'presignedurl',
  'presignedurls',
  'encryptionmaterial',
  'creds',
])

/** Throws ICE_UPSTREAM_PROTOCOL for what is no envelope. */
export function readEnvelope(bytes: Uint8Array): AnswerEnvelope {
  const document = scanAnswer(bytes, { paths: ['data'], watch: FORBIDDEN, watchBelow: 'data' })
  const success = readBoolean(document, findValue(document, 'success'))
  if (success === undefined) throw protocolError('the answer does not say whether it succeeded')
  const text = (name: string): string | null => readString(document, findValue(document, name)) ?? null
  return { document, success, code: text('code'), message: text('message') }
}
