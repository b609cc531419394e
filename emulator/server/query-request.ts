/** Reads the body of a query request (driver-protocol.md#query-request). */
import type { Binding, Cell } from '../engine.ts'
import { isJsonObject, type JsonObject, scalarsOf, stringOf } from './json.ts'
import { badRequest } from './protocol-error.ts'
import type { QueryRequest } from './query.ts'

export function readQueryRequest(requestId: string | null, body: JsonObject): QueryRequest {
  if (requestId === null || requestId === '') throw badRequest('requestId is missing')
  const sqlText = stringOf(body.sqlText)
  if (sqlText === null) throw badRequest('sqlText is missing')
  return {
    requestId,
    sqlText,
    bindings: readBindings(body.bindings),
    parameters: scalarsOf(body.parameters),
    describeOnly: body.describeOnly === true,
    asyncExec: body.asyncExec === true,
  }
}

function readBindings(value: unknown): Record<string, Binding> {
  const bindings: Record<string, Binding> = {}
  // JDBC sends null where there are none.
  if (value === undefined || value === null) return bindings
  if (!isJsonObject(value)) throw badRequest('bindings is not an object')
  for (const [position, binding] of Object.entries(value)) {
    if (!isJsonObject(binding)) throw badRequest(`binding ${position} is not an object`)
    const bound = binding.value
    bindings[position] = {
      type: (stringOf(binding.type) ?? 'TEXT').toUpperCase(),
      value: Array.isArray(bound) ? bound.map(toCell) : toCell(bound),
    }
  }
  return bindings
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : String(value)
}
