/** `GET /monitoring/queries/{id}`: how a query is doing. */
import {
  findValue,
  type JsonDocument,
  type JsonValue,
  parseValue,
  readBoolean,
  readString,
} from '../../lib/json/index.ts'
import { isMissing, protocolError, scanAnswer } from './read-json.ts'

export interface QueryStatus {
  readonly id: string
  /** For example RUNNING, QUEUED, SUCCESS, FAILED_WITH_ERROR. */
  readonly status: string
  readonly errorCode: string | null
  readonly errorMessage: string | null
}

export interface StatusAnswer {
  readonly document: JsonDocument
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
  /** Empty: the upstream knows nothing yet. */
  readonly queries: readonly QueryStatus[]
}

const RUNNING: ReadonlySet<string> = new Set([
  'RUNNING',
  'QUEUED',
  'BLOCKED',
  'RESUMING_WAREHOUSE',
  // The server's own spelling, and the one Go and JDBC expect.
  'QUEUED_REPARING_WAREHOUSE',
  'QUEUED_REPAIRING_WAREHOUSE',
  'NO_DATA',
])

export function isStillRunning(status: string): boolean {
  return RUNNING.has(status)
}

export function readStatusAnswer(bytes: Uint8Array): StatusAnswer {
  const document = scanAnswer(bytes, { paths: ['data.queries'] })
  const success = readBoolean(document, findValue(document, 'success'))
  if (success === undefined) throw protocolError('the status answer does not say whether it succeeded')
  return {
    document,
    success,
    code: readString(document, findValue(document, 'code')) ?? null,
    message: readString(document, findValue(document, 'message')) ?? null,
    queries: readQueries(document, findValue(document, 'data.queries')),
  }
}

function readQueries(document: JsonDocument, value: JsonValue | undefined): readonly QueryStatus[] {
  if (value === undefined || isMissing(value)) return []
  const queries = parseValue(document, value)
  if (!Array.isArray(queries)) throw protocolError('queries is no list')
  return (queries as readonly unknown[]).map((query) => {
    const { id, status, errorCode, errorMessage } = (query ?? {}) as Readonly<Record<string, unknown>>
    if (typeof id !== 'string' || typeof status !== 'string') throw protocolError('a query has no id or status')
    return {
      id,
      status,
      errorCode: typeof errorCode === 'string' && errorCode !== '' ? errorCode : null,
      errorMessage: typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : null,
    }
  })
}
