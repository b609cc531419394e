/**
 * A statement that runs nothing of its own: sent under the request id of an earlier one, it asks for that one's answer.
 * snowflake-sdk asks so (dist/lib/connection/statement.js, sendRequestPreExec): the server answers a request id that it
 * knows with what it had made of it, and runs this harmless text only when it does not know the id.
 */
import { bytesOf } from '../../lib/json/index.ts'
import type { QueryAnswer } from './query-answer.ts'
import { buildQueryBody } from './query-request.ts'

const BEGIN = 'Error retrieving query results for request id: '

function resubmissionText(requestId: string): string {
  return `SELECT '${BEGIN}${requestId}, please use RESULT_SCAN instead' AS ErrorMessage;`
}

/** The body of a request that asks for the answer to an earlier one. */
export function buildResubmission(requestId: string): Uint8Array {
  return buildQueryBody({
    sqlTextJson: Buffer.from(JSON.stringify(resubmissionText(requestId))),
    bindingsJson: null,
    parameters: {},
    describeOnly: false,
    asynchronous: false,
  })
}

export function isResubmission(request: { readonly requestId: string; readonly sqlText: string }): boolean {
  return request.sqlText === resubmissionText(request.requestId)
}

/** True for the answer of a server that did not know the request id, and ran the text itself. */
export function ranResubmission({ success, columns, document, format, inline }: QueryAnswer): boolean {
  const [column, ...others] = columns ?? []
  if (!success || column?.name.toUpperCase() !== 'ERRORMESSAGE' || others.length > 0) return false
  if (inline === null) return true
  const bytes = Buffer.from(bytesOf(document, inline.value))
  return (format === 'arrow' ? Buffer.from(bytes.toString('latin1'), 'base64') : bytes).includes(BEGIN)
}
