/** What each command prints with `--json`, by its words. */
import * as z from 'zod'
import { configCheckSchema, demoSchema, emulatorSchema, initSchema, startSchema } from './commands.ts'
import { factsSchemas, failureSchema } from './facts.ts'
import { findingSchema, indexRebuildSchema, reloadSchema, sessionEndSchema, statusSchema } from './operator.ts'
import { eventSchema } from './replay.ts'
import { sessionSummarySchema, sessionViewSchema } from './sessions.ts'

/** What answers are held to: parsed, or refused. */
export type Form<T> = z.ZodType<T>

export interface JsonForm {
  /** When it is printed, and how often. */
  readonly printed: string
  /** Null for a form that another standard describes. */
  readonly schema: z.ZodType | null
}

export const JSON_FORMS: Readonly<Record<string, JsonForm>> = {
  init: { printed: 'One object.', schema: initSchema },
  'config check': { printed: 'One object.', schema: configCheckSchema },
  'config schema': { printed: 'The JSON Schema (2020-12), with or without `--json`.', schema: null },
  start: { printed: 'One object, once ready.', schema: startSchema },
  status: { printed: 'One object.', schema: statusSchema },
  reload: { printed: 'One object.', schema: reloadSchema },
  doctor: { printed: 'One object a finding.', schema: findingSchema },
  'index rebuild': { printed: 'One object.', schema: indexRebuildSchema },
  completion: { printed: 'The script, with or without `--json`.', schema: null },
  demo: { printed: 'One object, once ready: the first line of standard output, and the only one.', schema: demoSchema },
  emulator: { printed: 'One object, once ready.', schema: emulatorSchema },
  'sessions list': { printed: 'One object a session, newest first.', schema: sessionSummarySchema },
  'sessions show': { printed: 'One object.', schema: sessionViewSchema },
  'sessions tail': {
    printed: 'One object an event, as it becomes durable: see `replay`. Rows are left out.',
    schema: eventSchema,
  },
  'sessions end': { printed: 'One object.', schema: sessionEndSchema },
  replay: {
    printed: 'One object an event, in order. Rows are left out, but for `--bodies`.',
    schema: eventSchema,
  },
}

/** JSON Schema (2020-12) of a form, for documents and for other tools. */
export function toJsonSchema(schema: z.ZodType): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema)
}

/** Forms that others refer to by name: the facts of each event, and what these are made of. */
export function sharedForms(): Readonly<Record<string, z.core.JSONSchema.JSONSchema>> {
  return toJsonSchema(z.strictObject({ ...factsSchemas, failure: failureSchema })).$defs ?? {}
}
