/** The facts of each event of a session, as `replay --json` gives them. */
import * as z from 'zod'
import { count, countOrNull, durationMs, flag, listOf, shared, text, textOrNull } from './fields.ts'
import { principalSchema } from './principal.ts'

const contextSchema = shared(
  'context',
  'What a session works in. Null where nothing is selected.',
  z.strictObject({
    role: textOrNull('Role.'),
    warehouse: textOrNull('Warehouse.'),
    database: textOrNull('Database.'),
    schema: textOrNull('Schema.'),
  }),
)

const networkSchema = shared(
  'network',
  'Where a request came from.',
  z.strictObject({
    address: text('Address of the client: the peer’s, or what trusted proxies say.'),
    via: listOf(z.string()).describe('Trusted proxies between, the nearest last, where there are any.').optional(),
    userAgent: textOrNull('The header `User-Agent`, as claimed.'),
  }),
)

const parametersSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const bindingSchema = z.strictObject({
  type: text('Type that the driver gave it.'),
  value: z
    .union([z.string(), z.null(), listOf(z.string().nullable())])
    .describe('One text or null; for an array bind a list, one value a row.'),
  fmt: z.unknown().optional().describe('How the driver says what a structured value looks like, as sent.'),
  schema: z.unknown().optional().describe('The same.'),
})

const failure = {
  code: text('The code that the driver was shown.'),
  sqlState: text('The SQL state that it was shown.'),
  message: text('The text that it was shown.'),
  icecore: textOrNull('One of the [error codes](errors.md), where the error is Icecore’s own.'),
}

const denial = {
  ...failure,
  queryId: textOrNull('The id that the driver was given for it, where it was given one.').optional(),
}

export const failureSchema = shared('failure', 'How a statement ended without a result.', z.strictObject(denial))

export const reasonSchema = z.strictObject({
  code: text('A stable word, for example `never_list`, `unclassified` or `default_allow`.'),
  text: text('The reason in words.'),
})

const deliveryPart = {
  queryId: text('Query id of the result.'),
  index: count('0 for the inline part, else the number of the chunk, from 0.'),
  delivery: text('Which delivery this is: a chunk that is fetched again is recorded again.'),
}

/** Named, so that the forms that hold it can refer to it. */
function facts<S extends z.core.$ZodShape>(type: string, shape: S) {
  return z.strictObject(shape).meta({ id: type })
}

/** By type of event. */
export const factsSchemas = {
  'session.opened': facts('session.opened', {
    door: z
      .enum(['driver', 'sql-api', 'mcp', 'api', 'none'])
      .describe('The door it came through; `none` for a session of Icecore’s own.'),
    principal: principalSchema.describe('Who logged in.'),
    client: z
      .strictObject({
        application: text('The driver.'),
        version: text('Its version.'),
        loginName: textOrNull('The user name that was given.'),
        environment: z.record(z.string(), z.unknown()).describe('What the driver tells of its surroundings.'),
      })
      .describe('What the driver says of itself. Nothing is granted for it.'),
    network: networkSchema.nullable().describe('Where it came from; null for Icecore itself.'),
    connection: text('Name of the connection.'),
    accessRule: textOrNull('The access rule that let it in; null for Icecore itself, which none names.'),
    context: contextSchema.describe('What the session begins in.'),
    upstreamSession: text('Id of the session at Snowflake.'),
    parameters: parametersSchema.describe(
      'Session parameters in effect, of those that change the meaning of a statement.',
    ),
  }),
  'session.renewed': facts('session.renewed', {}),
  'session.upstreamRenewed': facts('session.upstreamRenewed', {}),
  'session.state': facts('session.state', {
    contexts: listOf(contextSchema).describe('What the session is in; several where a failure left that open.'),
    variables: z.record(z.string(), z.string()).describe('Session variables whose value is known.'),
  }),
  'session.resumed': facts('session.resumed', {
    openStatements: count('Statements that had not ended when the process before ended.'),
  }),
  'session.ended': facts('session.ended', {
    reason: text('Why.'),
    statements: count('How many statements there were.'),
  }),
  'statement.received': facts('statement.received', {
    requestId: text('Request id of the driver.'),
    pendingId: text('Stands in for the query id until Snowflake has given one.'),
    fingerprint: text('Keyed hash of text, binds and flags: the same request sent again is known by it.'),
    sql: text('The text as it was sent, without its secrets.'),
    secretsCut: count('How many secret literals were cut out; each stands there as `[secret:<keyed hash>]`.'),
    bindings: z.record(z.string(), bindingSchema).describe('Bound values, by position.'),
    parameters: parametersSchema.describe('Session parameters that came with it.'),
    describeOnly: flag('Whether it was only to be described, not run.'),
    asynchronous: flag('Whether the driver did not wait for it.'),
    context: contextSchema.describe('What the session was in.'),
  }),
  'statement.decision': facts('statement.decision', {
    decision: z.enum(['allow', 'deny', 'hold']).describe('What was decided.'),
    reasons: listOf(reasonSchema).describe('Why.'),
    kind: text('Kind of the statement, for example `SELECT`.'),
    shape: text('The text without its literals.'),
    statements: listOf(
      z.strictObject({
        kind: text('Its kind.'),
        effects: listOf(z.string()).describe('What it does, for example `read`.'),
        uses: listOf(z.string()).describe('What it uses besides tables and views: `stage`, `model`.'),
        shape: text('Its shape.'),
      }),
    ).describe('Each statement of the text.'),
    policy: text('Version of the policy.'),
  }),
  'statement.sent': facts('statement.sent', {
    upstreamRequestId: text('The request id at Snowflake.'),
    changes: listOf(z.looseObject({ change: text('Kind of the change, for example `use_schema`.') })).describe(
      'What it changes in the session if it succeeds.',
    ),
  }),
  'statement.lookedUp': facts('statement.lookedUp', {
    by: z.enum(['query_id', 'request_id']).describe('How Snowflake was asked for it after a restart.'),
    found: flag('Whether Snowflake knew it.'),
  }),
  'statement.queryId': facts('statement.queryId', { queryId: text('The id that Snowflake gave it.') }),
  'statement.polled': facts('statement.polled', {
    queryId: text('Query id.'),
    answer: z.enum(['in_progress', 'answer', 'error']).describe('What the driver was told.'),
  }),
  'statement.abortRequested': facts('statement.abortRequested', { by: text('Who asked for it.') }),
  'result.schema': facts('result.schema', {
    queryId: text('Query id of the result.'),
    statementTypeId: countOrNull('Type of the statement as Snowflake names it.'),
    format: z.enum(['json', 'arrow']).describe('Form of the rows.'),
    columns: listOf(z.strictObject({ name: text('Name.'), type: text('Type, as Snowflake names it.') })).describe(
      'Columns, in order.',
    ),
    total: countOrNull('Rows promised in all.'),
    inlineRows: count('How many of them are in the answer itself.'),
    chunks: listOf(z.strictObject({ rows: count('Rows in it.') })).describe('Chunks that hold the others.'),
    childQueryIds: listOf(z.string()).describe('Query ids of the children of a multi-statement.'),
  }),
  'result.batch': facts('result.batch', {
    ...deliveryPart,
    part: z.enum(['inline', 'chunk']).describe('In the answer itself, or a chunk.'),
    piece: count('Number of this piece, from 0: a large chunk is recorded in several.'),
    last: flag('Whether it is the last piece.'),
    encoding: z.enum(['identity', 'gzip']).describe('Content encoding of the bytes.'),
    rows: count('With the last piece: rows in this part.').optional(),
    sha256: text('With the last piece: SHA-256 (hex) of the HTTP body as sent, content encoding included.').optional(),
    bodyBytes: count('With the last piece: bytes of that body.').optional(),
  }),
  'result.broken': facts('result.broken', { ...deliveryPart, reason: text('Why the delivery did not reach its end.') }),
  'result.fetched': facts('result.fetched', {
    queryId: text('Query id of the result.'),
    by: z.enum(['result', 'status', 'chunk', 'result_scan']).describe('How it was fetched.'),
  }),
  'statement.completed': facts('statement.completed', {
    queryId: text('Query id.'),
    statementTypeId: countOrNull('Type of the statement as Snowflake names it.'),
    rows: countOrNull('Rows of the result; null where it has none.'),
    bytes: count('Bytes of Snowflake’s answer, chunks not counted.'),
    durationMs: durationMs('From received to the end'),
    context: contextSchema.describe('What the session is in now.'),
  }),
  'statement.failed': facts('statement.failed', {
    ...failure,
    queryId: textOrNull('Query id, where Snowflake gave one.'),
    durationMs: durationMs('From received to the end'),
  }),
  'statement.denied': facts('statement.denied', denial),
  'statement.cancelled': facts('statement.cancelled', {
    by: text('Who cancelled it.'),
    queryId: textOrNull('Query id, where Snowflake gave one.'),
    durationMs: durationMs('From received to the end'),
  }),
  'statement.outcomeUnknown': facts('statement.outcomeUnknown', {
    reason: text('Why nobody knows.'),
    durationMs: durationMs('From received to then'),
  }),
  'operator.called': facts('operator.called', {
    by: z
      .strictObject({
        user: text('User of the operating system.'),
        uid: count('Its number.'),
        pid: count('Process id of the command.'),
      })
      .describe('Who, as the command says of itself. The socket lets in the user that Icecore runs as, and root.'),
    call: text('What was asked for, for example `sessions.end`.'),
    about: textOrNull('Id of the session that it is about.'),
    reason: textOrNull('Why, in the operator’s words.'),
    form: text('Of a replay or an export: as what it was shown, for example `html`.').optional(),
  }),
  'request.refused': facts('request.refused', {
    network: networkSchema.describe('Where it came from.'),
    method: text('HTTP method.'),
    path: text('Path.'),
    icecore: text('One of the [error codes](errors.md).'),
    reason: text('Why.'),
    attempts: count('How many the event stands for.'),
  }),
} as const

export type SessionEventType = keyof typeof factsSchemas
