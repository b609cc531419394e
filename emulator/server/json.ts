/**
 * JSON as Snowflake writes it: 64-bit integers are plain numbers, which `JSON.parse` rounds and `JSON.stringify`
 * refuses. A bigint becomes such a number; `rawJson` writes a primitive exactly as given.
 */

// ECMAScript 2026, in V8 since Node 21; TypeScript's libraries do not describe it yet.
const withRawJson: JSON & { rawJSON(text: string): unknown } = Object.assign(JSON)

export function rawJson(primitiveText: string): unknown {
  return withRawJson.rawJSON(primitiveText)
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? rawJson(member.toString()) : member,
  )
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Session parameters are scalars; what else a driver puts among them (JDBC sends an object) is left out. */
export function scalarsOf(value: unknown): Record<string, string | number | boolean> {
  const scalars: Record<string, string | number | boolean> = {}
  if (!isJsonObject(value)) return scalars
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean') {
      scalars[name.toUpperCase()] = member
    }
  }
  return scalars
}
