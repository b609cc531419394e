import { type JsonDocument, type JsonValue, parseValue } from '../../lib/json/index.ts'
import { isMissing, type ParameterValue, protocolError } from './read-json.ts'

/** `[{"name":…,"value":…}, …]`, as it stands in log-in and query answers. Entries without a value are left out. */
export function readParameterList(
  document: JsonDocument,
  list: JsonValue | undefined,
): ReadonlyMap<string, ParameterValue> {
  const parameters = new Map<string, ParameterValue>()
  if (list === undefined || isMissing(list)) return parameters
  const entries = parseValue(document, list)
  if (!Array.isArray(entries)) throw protocolError('parameters is no list')
  for (const entry of entries as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null) throw protocolError('a parameter is no object')
    const { name, value } = entry as { readonly name?: unknown; readonly value?: unknown }
    if (typeof name !== 'string') throw protocolError('a parameter has no name')
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      parameters.set(name, value)
  }
  return parameters
}
