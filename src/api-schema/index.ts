/**
 * What Icecore prints for programs, as schemas: who reads it checks it, documents are made from it, tests hold commands to it.
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
export { type Form, JSON_FORMS, sharedForms, toJsonSchema } from './forms.ts'
export {
  CALLER_HEADER,
  type Caller,
  type ConnectionCheckJson,
  callerSchema,
  connectionCheckSchema,
  type FindingJson,
  findingSchema,
  type IndexRebuildJson,
  indexRebuildSchema,
  type OperatorErrorJson,
  operatorErrorSchema,
  type ReloadJson,
  reloadSchema,
  type SessionEndJson,
  type StatusJson,
  sessionEndSchema,
  statusSchema,
  type WireEvent,
  wireEventSchema,
} from './operator.ts'
export { type Question, READING, type ReadingForm, type ReadingJson } from './reading.ts'
export { type EventJson, eventSchema, eventSchemaOf } from './replay.ts'
export { type SessionJson, type SessionSummaryJson, sessionSummarySchema, sessionViewSchema } from './sessions.ts'
