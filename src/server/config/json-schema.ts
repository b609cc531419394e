import * as z from 'zod'
import type { Path } from './problem.ts'
import { configSchema } from './schema.ts'

/** The parts of JSON Schema (2020-12) that the config's schema uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  /** Bounds of durations and sizes, as they are written: `minimum` is for numbers alone. */
  readonly 'x-least'?: string
  readonly 'x-most'?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
}

/** The config file's schema, for editors: what may be written, with meanings and defaults. */
export const configJsonSchema: JsonSchema = {
  ...(z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema),
  description: 'The configuration of an Icecore gateway.',
}

/** The schema of the value at `path`; undefined where the file has no such place. */
export function schemaAt(path: Path): JsonSchema | undefined {
  let schema: JsonSchema | undefined = configJsonSchema
  for (const step of path) {
    const rest: boolean | JsonSchema | undefined = schema?.additionalProperties
    if (typeof step === 'number') schema = schema?.items
    else schema = schema?.properties?.[step] ?? (typeof rest === 'object' ? rest : undefined)
  }
  return schema
}

/** Every key of the file with its schema, in the order of the schema; `NAME` and `[]` stand for entries and items. */
export function* walkKeys(
  schema: JsonSchema = configJsonSchema,
  prefix = '',
): Generator<[string, JsonSchema, boolean]> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    yield [path, child, schema.required?.includes(key) ?? false]
    yield* walkKeys(child, path)
  }
  if (typeof schema.additionalProperties === 'object') yield* walkKeys(schema.additionalProperties, `${prefix}.NAME`)
  if (schema.items !== undefined) yield* walkKeys(schema.items, `${prefix}[]`)
}
