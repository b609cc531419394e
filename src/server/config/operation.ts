/** The sections about running Icecore itself: recording, sessions, limits, log. */
import * as z from 'zod'
import { count, duration, oneOf, reject, scalar, secret, show, size } from './scalar.ts'

export const recordingSchema = z.strictObject({
  key: secret().describe(
    'The key-encryption key: 32 bytes as base64. `icecore init` makes one. Without it no recording can be read.',
  ),
  level: oneOf(['full'], {
    sample: 'this version records every row as delivered',
    digest: 'this version records every row as delivered',
    metadata: 'this version records every row as delivered',
  })
    .prefault('full')
    .describe('What is kept of results: `full` keeps every row as delivered.'),
  segment_size: size({ min: '1MiB', max: '1GiB' })
    .prefault('64MiB')
    .describe('Size at which a journal segment is closed and the next begun.'),
  ballast: size({ min: '0B', max: '10GiB' })
    .prefault('16MiB')
    .describe(
      'File kept only to be deleted when the disk is full, so that the end of every session can still be recorded.',
    ),
  low_water: size({ min: '0B', max: '10TiB' })
    .prefault('1GiB')
    .describe('Free space on the data folder’s disk below which new statements are refused.'),
})

export const sessionsSchema = z.strictObject({
  token_life: duration({ min: '10s', max: '24h' })
    .prefault('1h')
    .describe('Life of a session token; drivers renew it by themselves.'),
  master_life: duration({ min: '10s', max: '7d' })
    .prefault('4h')
    .describe('Life of a master token, with which a session token is renewed.'),
  longest_life: duration({ min: '10s', max: '30d' })
    .prefault('12h')
    .describe('Longest life of a session, however often it is renewed.'),
  idle: duration({ min: '10s', max: '7d' })
    .prefault('4h')
    .describe('Time without a request after which a session ends.'),
  renew_grace: duration({ min: '0s', max: '1h' })
    .prefault('10m')
    .describe(
      'Time for which the old session token still works after a renewal, since parallel requests may carry it.',
    ),
})

const ALLOW = 'to allow it, write "allow"'
const REFUSE = 'to refuse it, write "refuse"'
const PERMISSION_WORDS = { yes: ALLOW, on: ALLOW, true: ALLOW, no: REFUSE, off: REFUSE, false: REFUSE, deny: REFUSE }

const permission = (what: string) => oneOf(['refuse', 'allow'], PERMISSION_WORDS).prefault('refuse').describe(what)

export const statementsSchema = z.strictObject({
  procedure_calls: permission(
    'CALL of a procedure and other code that exists. What its body does is not seen and not on record: it can do all that its rights allow, the never-list included.',
  ),
  exports: permission(
    'COPY INTO a location, external functions, integrations, mails and the like. The data leaves without passing Icecore.',
  ),
  stages: permission(
    'Files in stages and at URLs: LIST, REMOVE, COPY INTO a table, SELECT … FROM @stage, TO_FILE and the like. No catalogue knows what they hold.',
  ),
  models: permission('AI functions: AI_COMPLETE and its like, SNOWFLAKE.CORTEX. What they are given goes to a model.'),
  deferred: permission(
    'Tasks, pipes, alerts, streams, functions and procedures in SQL, and the like. What they run later is not on record.',
  ),
  rights: permission('GRANT, REVOKE, and changes to roles, users and policies.'),
})

export const limitsSchema = z.strictObject({
  request_body: size({ min: '64KiB', max: '256MiB' }).prefault('32MiB').describe('Largest request body as sent.'),
  decompressed_body: size({ min: '64KiB', max: '1GiB' })
    .prefault('64MiB')
    .describe('Largest request body after decompression.'),
  request_bodies_in_memory: size({ min: '64KiB', max: '1TiB' })
    .prefault('256MiB')
    .describe(
      'Most bytes of request bodies in memory, of all sessions together: being received, being unpacked, or of statements that have not ended. Beyond it drivers are told to come again.',
    ),
  statement: size({ min: '1KiB', max: '16MiB' })
    .prefault('1MiB')
    .describe('Longest SQL text, in bytes of UTF-8. Snowflake itself takes 1 MiB.'),
  bracket_depth: count({ min: 8, max: 10_000 }).prefault(200).describe('Deepest nesting of brackets in an SQL text.'),
  operator_chain: count({ min: 16, max: 1_000_000 })
    .prefault(10_000)
    .describe('Longest chain of one operator (`a + a + …`).'),
  statements_per_text: count({ min: 1, max: 10_000 }).prefault(200).describe('Most statements in one text.'),
  sessions: count({ min: 1, max: 1_000_000 }).prefault(1000).describe('Most sessions at a time.'),
  sessions_per_principal: count({ min: 1, max: 1_000_000 })
    .prefault(100)
    .describe('Most sessions at a time for one principal.'),
  own_sessions: count({ min: 1, max: 100 })
    .prefault(4)
    .describe('Most sessions of Icecore’s own at a time, beside those of agents. What needs one more waits.'),
  open_statements_per_session: count({ min: 1, max: 10_000 })
    .prefault(100)
    .describe('Most statements of one session that have not ended.'),
  envelope: size({ min: '1MiB', max: '1GiB' })
    .prefault('64MiB')
    .describe('Largest answer of Snowflake to one request, chunks not counted.'),
  answers_in_memory: size({ min: '1MiB', max: '1TiB' })
    .prefault('256MiB')
    .describe(
      'Most bytes of answers in memory, of all sessions together: held until somebody fetches them, or on their way out. Where they are more, the oldest that is held is let go, and fetched from Snowflake again when it is asked for.',
    ),
  result_fetches_per_session: count({ min: 1, max: 1000 })
    .prefault(8)
    .describe(
      'Most results of one session that are fetched again from Snowflake at a time, each until it has gone out. Further requests wait as long as `hold`, then are told to poll.',
    ),
  chunk_links: count({ min: 100, max: 10_000_000 })
    .prefault(100_000)
    .describe('Most links to result chunks that are held at a time.'),
  stopped_reader: duration({ min: '10s', max: '24h' })
    .prefault('15m')
    .describe(
      'Time after which the connection of a client is reset that takes nothing more of a result chunk. Some drivers take a chunk only as fast as their user takes rows.',
    ),
  hold: duration({ min: '1s', max: '45s' })
    .prefault('40s')
    .describe(
      'Longest time a request waits for a result before it is told that the statement is in progress. Drivers known to need another time get theirs.',
    ),
  drain: duration({ min: '0s', max: '1h' })
    .prefault('5s')
    .describe(
      'How long running statements may go on after SIGTERM before Icecore ends. What runs longer goes on at Snowflake, and the next process gives its result to the driver.',
    ),
})

export const logSchema = z.strictObject({
  level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .prefault('info')
    .describe('Least level that is logged, as JSON lines on standard error.'),
})

export const versionSchema = scalar({ const: 1 }, (value) => {
  if (value === 1) return 1 as const
  return reject(`must be 1, not ${show(value)}`, 'this Icecore reads version 1 of the format')
})
