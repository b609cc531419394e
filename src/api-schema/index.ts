/**
 * What Icecore prints for programs, as schemas: whoever reads it can check it, the documents are made from it, and a test
 * holds each command to it.
 */
export {
  type ConfigCheckJson,
  configCheckSchema,
  type DemoJson,
  demoSchema,
  type EmulatorJson,
  emulatorSchema,
  type InitJson,
  initSchema,
  startSchema,
} from './commands.ts'
export { factsSchemas, type SessionEventType } from './facts.ts'
export { JSON_FORMS, sharedForms, toJsonSchema } from './forms.ts'
export { type EventJson, eventSchema, eventSchemaOf } from './replay.ts'
export { type SessionJson, type SessionSummaryJson, sessionSummarySchema, sessionViewSchema } from './sessions.ts'
