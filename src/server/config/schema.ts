import * as z from 'zod'
import { accessRuleSchema, agentSchema, personSchema } from './actors.ts'
import { connectionSchema } from './connections.ts'
import { issuerSchema } from './issuers.ts'
import { listenSchema } from './listen.ts'
import {
  limitsSchema,
  logSchema,
  recordingSchema,
  sessionsSchema,
  statementsSchema,
  versionSchema,
} from './operation.ts'
import { addressRange, oneOf, origin, text } from './scalar.ts'

/** Names of entries: they turn up in URLs, logs and rules, and a driver sends a connection's name as its account. */
const ENTRY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

const named = <S extends z.ZodType>(entry: S) => z.record(z.string().regex(ENTRY_NAME), entry)

/** The whole file. Its keys are the keys of `Config`, so that what the program reads can be found in the file. */
export const configSchema = z.strictObject({
  version: versionSchema.describe('Version of this file’s format.'),
  data: text({ form: 'a path' })
    .prefault('./icecore-data')
    .describe('Folder for the journal, the index and the sessions. Relative paths count from this file.'),
  listen: listenSchema.prefault({}).describe('The listeners.'),
  public_url: origin()
    .optional()
    .describe(
      'Address under which drivers reach the driver door, where that is not the listener’s own: `https://icecore.example.com`. Links to result chunks begin with it. A listener may have one of its own.',
    ),
  trusted_proxies: z
    .array(addressRange())
    .prefault([])
    .describe(
      'Addresses and networks (`10.0.0.0/8`) of proxies that are believed in who their client is. Of anybody else no such header is read.',
    ),
  forwarded_header: oneOf(['x-forwarded-for', 'forwarded'])
    .prefault('x-forwarded-for')
    .describe(
      'The header in which those proxies name their client. They must write it themselves; the other one is not read, since clients may send it.',
    ),
  issuers: named(issuerSchema).describe('OIDC issuers whose tokens are taken, by name.'),
  connections: named(connectionSchema).describe('Snowflake accounts, by the name that drivers give as their account.'),
  people: named(personSchema).prefault({}).describe('People, by a name of your choice.'),
  agents: named(agentSchema).prefault({}).describe('Agents, by a name of your choice.'),
  access: z
    .array(accessRuleSchema)
    .describe('Who may use which connection with which role. Without a rule that fits, log-in is refused.'),
  recording: recordingSchema.describe('The record.'),
  sessions: sessionsSchema.prefault({}).describe('How long sessions and their tokens live.'),
  statements: statementsSchema
    .prefault({})
    .describe('Kinds of statements that are refused unless they are allowed here. The never-list is not among them.'),
  limits: limitsSchema.prefault({}).describe('Bounds on what one request, session and principal may take.'),
  log: logSchema.prefault({}).describe('The log.'),
})

type Frozen<T> = T extends (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

/** A checked config: durations in milliseconds, sizes in bytes, paths absolute, secrets as references. */
export type Config = Frozen<z.output<typeof configSchema>>
