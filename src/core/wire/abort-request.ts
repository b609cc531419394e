import { findValue, readString } from '../../lib/json/index.ts'
import { malformed, scanRequest } from './read-json.ts'

/** `POST /queries/v1/abort-request`: the request id of the query to abort. Py4, Py5 and JDBC add its SQL. */
export function readAbortRequest(body: Uint8Array): string {
  const document = scanRequest(body, { maxDepth: 8 })
  const requestId = readString(document, findValue(document, 'requestId'))
  if (requestId === undefined || requestId.length > 128) throw malformed('requestId is missing')
  return requestId
}

export function encodeAbortRequest(requestId: string): Uint8Array {
  return Buffer.from(JSON.stringify({ requestId }))
}
