/** What a running Icecore and its commands say to each other over the operator socket, and print of it. */
import * as z from 'zod'
import { problemSchema } from './commands.ts'
import { count, countOrNull, flag, listOf, text, textOrNull, time, timeOrNull } from './fields.ts'

/** The header with which a command says who calls: JSON, percent-encoded. */
export const CALLER_HEADER = 'icecore-operator'

export const callerSchema = z.strictObject({
  user: z.string().max(256),
  uid: z.int().nonnegative(),
  pid: z.int().nonnegative(),
})

/** An error of the running Icecore, to be told by the command as its own. */
export const operatorErrorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
    hint: z.string().nullable(),
  }),
})

/** An event as it goes over the socket: whole, its body in base64. */
export const wireEventSchema = z.looseObject({
  type: z.string(),
  lsn: z.int(),
  at: z.number(),
  monotonic: z.number(),
  session: z.string().nullable(),
  statement: z.string().optional(),
  facts: z.record(z.string(), z.unknown()),
  originalType: z.string().nullable().optional(),
  body: z.string().optional(),
})

const durationOrNull = (meaning: string) => z.number().nullable().describe(`${meaning}, in milliseconds.`)

export const statusSchema = z.strictObject({
  version: text('Version of Icecore.'),
  node: text('Version of Node.'),
  pid: count('Process id.'),
  startedAt: time('When the process was started'),
  uptimeMs: durationOrNull('How long ago that was'),
  state: z.enum(['ready', 'not_ready', 'draining']).describe('Whether it takes new work.'),
  reasons: listOf(z.string()).describe('Why it is not ready.'),
  warnings: listOf(z.string()).describe('What somebody should see to, though all works.'),
  data: text('Data folder.'),
  config: z
    .strictObject({
      file: textOrNull('The configuration file; null where it was not started from one.'),
      hash: text('SHA-256 of what it says.'),
      loadedAt: time('When it was read'),
      restartNeeded: listOf(z.string()).describe('What was changed in it since, and holds from the next start only.'),
    })
    .describe('The configuration in force.'),
  listeners: listOf(
    z.strictObject({ door: text('What listens.'), address: text('Where: a URL, or the path of a socket.') }),
  ).describe('Where it listens.'),
  certificates: listOf(
    z.strictObject({
      listener: text('The listener, as the configuration names it.'),
      path: text('The file of the certificate.'),
      fingerprint: text('SHA-256 of the certificate that new connections get.'),
      notBefore: time('From when it is valid'),
      notAfter: time('Until when it is valid'),
      failure: textOrNull('Why clients refuse it; null when they do not.'),
      warnings: listOf(z.string()).describe('What somebody should see to.'),
    }),
  ).describe('Certificates of the listeners that have TLS.'),
  sessions: z
    .strictObject({
      open: count('Sessions that live.'),
      limit: count('Most that may.'),
      openStatements: count('Statements that have not ended, of all sessions.'),
    })
    .describe('Sessions.'),
  journal: z
    .strictObject({
      lsn: count('Sequence number of the last durable event.'),
      failure: textOrNull('Why nothing can be recorded; null when all is well.'),
      freeBytes: countOrNull('Free space on its disk; null where it cannot be read.'),
      lowWaterBytes: count('Free space below which nothing new is begun.'),
    })
    .describe('The record.'),
  index: z
    .strictObject({
      lsn: countOrNull('Sequence number of the last event in it; null where it cannot be read.'),
      lag: countOrNull('How many events it is behind.'),
    })
    .describe('The index of the record.'),
  memory: z
    .strictObject({
      rssBytes: count('Of the whole process.'),
      heapBytes: count('Of it, objects of the program.'),
      outsideHeapBytes: count('Of it, buffers.'),
    })
    .describe('Memory.'),
  issuers: listOf(
    z.strictObject({
      name: text('Name of the issuer.'),
      state: z
        .enum(['not_asked', 'fresh', 'stale', 'unavailable'])
        .describe(
          'Of its keys: `not_asked` while no token of it came, `stale` while they are used though it does not answer, `unavailable` when its tokens are refused.',
        ),
      keys: count('Keys that are held.'),
      failures: count('Times in a row that they could not be fetched.'),
      reason: textOrNull('Why not.'),
    }),
  ).describe('Issuers.'),
  connections: listOf(
    z.strictObject({
      name: text('Name of the connection.'),
      account: text('Its account.'),
      user: text('Icecore’s user there.'),
      lastAt: timeOrNull('When it last answered, or did not', 'before the first call'),
      error: textOrNull('What went wrong then; null when it answered.'),
    }),
  ).describe('Connections.'),
  recorded: flag('Whether this call is on record: where nothing can be recorded, this is answered nevertheless.'),
})

const configChangeSchema = z.strictObject({
  path: text('The way to the value.'),
  from: textOrNull('What it was, as JSON; null where it was not there. References to secrets are not told.'),
  to: textOrNull('What it is.'),
  live: flag('False where it holds from the next start only.'),
})

export const reloadSchema = z.strictObject({
  ok: flag('Whether the configuration was taken. Where not, everything stays as it was.'),
  file: textOrNull('The configuration file.'),
  problems: listOf(problemSchema).describe('Problems of the file: with `ok` these are warnings.'),
  error: textOrNull('Why it cannot be used, where that is no problem of the file itself: a key that cannot be read.'),
  hint: textOrNull('What to do about that.'),
  from: text('SHA-256 of the configuration before.'),
  to: textOrNull('SHA-256 of the one now in force; null where it was not taken.'),
  changes: listOf(configChangeSchema).describe('What is another than before.'),
  untold: count('How many more changes there are than are told.'),
  ended: listOf(z.strictObject({ session: text('Id of the session.'), reason: text('Why.') })).describe(
    'Sessions that were ended, since by this configuration they would not be.',
  ),
})

export const sessionEndSchema = z.strictObject({
  session: text('Id of the session.'),
  principal: text('Name of its principal.'),
  statements: count('Statements that were running, and were aborted.'),
  reason: text('The reason on record.'),
})

export const indexRebuildSchema = z.strictObject({
  index: text('Path of the index.'),
  events: count('Events in it.'),
  online: flag('Whether a running Icecore did it.'),
  durationMs: z.number().describe('How long it took, in milliseconds.'),
})

export const connectionCheckSchema = z.strictObject({
  name: text('Name of the connection.'),
  session: textOrNull('Id of Icecore’s own session there, as it is on record; null where none could be opened.'),
  user: textOrNull('As whom Snowflake sees it.'),
  role: textOrNull('In which role.'),
  warehouse: textOrNull('With which warehouse.'),
  error: textOrNull('Why Icecore could not log in, or ask who it is; null when it could.'),
  hint: textOrNull('What to do about it.'),
  durationMs: z.number().describe('How long it took, in milliseconds.'),
})

export const findingSchema = z.strictObject({
  check: z
    .enum([
      'configuration',
      'gateway',
      'clock',
      'disk',
      'keys',
      'journal',
      'index',
      'certificates',
      'issuers',
      'connections',
    ])
    .describe('What was looked at.'),
  name: textOrNull('Which one of several: an issuer, a connection, a file.'),
  result: z
    .enum(['ok', 'warning', 'problem', 'skipped'])
    .describe('`warning`: it works, and will not for long or not as meant. `skipped`: it could not be looked at.'),
  evidence: text('What was seen.'),
  mend: textOrNull('What to do about it.'),
})

export type FindingJson = z.output<typeof findingSchema>
export type Caller = z.output<typeof callerSchema>
export type OperatorErrorJson = z.output<typeof operatorErrorSchema>
export type WireEvent = z.output<typeof wireEventSchema>
export type StatusJson = z.output<typeof statusSchema>
export type ReloadJson = z.output<typeof reloadSchema>
export type SessionEndJson = z.output<typeof sessionEndSchema>
export type IndexRebuildJson = z.output<typeof indexRebuildSchema>
export type ConnectionCheckJson = z.output<typeof connectionCheckSchema>
