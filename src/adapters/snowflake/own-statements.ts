/**
 * The statements that Icecore runs in a new session before anybody else may: secondary roles off, then parameters and
 * role read back. They have to run in that very session, since it is that session's state. So before the agent's first
 * statement LAST_QUERY_ID() names the last of them, where a session of Snowflake's own would have nothing; the agent
 * owns none of their handles, and everything after its first statement is as without Icecore.
 */
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import {
  buildQueryBody,
  type Context,
  type ParameterValue,
  type QueryAnswer,
  readQueryAnswer,
  readStorageHeaders,
} from '../../core/wire/index.ts'
import type { UpstreamSession } from '../../gate/ports.ts'
import type { Ids } from '../../lib/ids.ts'
import { parseValue } from '../../lib/json/index.ts'

type Row = readonly (string | null)[]

export interface OwnStatements {
  readonly session: UpstreamSession
  readonly ids: Ids
  /** The result format and tag of these statements. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly signal: AbortSignal
}

export async function turnSecondaryRolesOff(own: OwnStatements): Promise<void> {
  await run(own, 'USE SECONDARY ROLES NONE')
}

/** Effective session parameters by name, typed. */
export async function readParameters(own: OwnStatements): Promise<ReadonlyMap<string, ParameterValue>> {
  const answer = await run(own, 'SHOW PARAMETERS IN SESSION')
  const column = (name: string): number => answer.columns?.findIndex((c) => c.name.toLowerCase() === name) ?? -1
  const [key, value, type] = [column('key'), column('value'), column('type')]
  const parameters = new Map<string, ParameterValue>()
  for (const row of await readRows(own, answer)) {
    const name = row[key]
    if (typeof name === 'string') parameters.set(name, typedValue(row[value] ?? '', row[type] ?? 'STRING'))
  }
  if (parameters.size === 0) throw new Error('SHOW PARAMETERS gave no parameters')
  return parameters
}

export interface SessionRoles {
  readonly context: Context
  /** The JSON text of CURRENT_SECONDARY_ROLES(). */
  readonly secondaryRoles: string | null
}

export async function readRoles(own: OwnStatements): Promise<SessionRoles> {
  const answer = await run(
    own,
    'SELECT CURRENT_ROLE(), CURRENT_SECONDARY_ROLES(), CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA()',
  )
  const [row, more] = await readRows(own, answer)
  if (row?.length !== 5 || more !== undefined) throw new Error('the role could not be read back')
  const [role = null, secondaryRoles = null, warehouse = null, database = null, schema = null] = row
  return { context: { role, warehouse, database, schema }, secondaryRoles }
}

async function run({ session, ids, parameters, signal }: OwnStatements, sql: string): Promise<QueryAnswer> {
  const body = buildQueryBody({
    sqlTextJson: Buffer.from(JSON.stringify(sql)),
    bindingsJson: null,
    parameters,
    describeOnly: false,
    asynchronous: false,
  })
  let answer = readQueryAnswer(await session.submit({ requestId: ids.uuid(), body }, signal))
  while (answer.inProgress !== null && answer.queryId !== null) {
    answer = readQueryAnswer(await session.result(answer.queryId, signal))
  }
  if (!answer.success) throw new Error(`${sql}: ${answer.code ?? 'no code'} ${answer.message ?? ''}`)
  return answer
}

async function readRows({ session, signal }: OwnStatements, answer: QueryAnswer): Promise<readonly Row[]> {
  if (answer.format !== 'json' || answer.inline === null) throw new Error('the result did not come as JSON')
  const rows = [...(parseValue(answer.document, answer.inline.value) as readonly Row[])]
  const headers = readStorageHeaders(answer)
  for (const { url } of answer.chunks) {
    const chunk = await session.openChunk({ url, headers }, signal)
    const body = await buffer(chunk.bytes)
    const text = (chunk.encoding === 'gzip' ? gunzipSync(body, { maxOutputLength: 16 * 1024 * 1024 }) : body).toString()
    rows.push(...(JSON.parse(`[${text}]`) as readonly Row[]))
  }
  return rows
}

function typedValue(text: string, type: string): ParameterValue {
  if (type === 'BOOLEAN') return text.toLowerCase() === 'true'
  if (type === 'NUMBER' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return text
}

/** `{"roles":"","value":""}`, or `NONE` as value: no role but the pinned one is active. */
export function hasNoSecondaryRoles(text: string | null): boolean {
  if (text === null || text === '') return false
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return false
  }
  if (typeof parsed !== 'object' || parsed === null) return false
  const { roles, value } = parsed as { readonly roles?: unknown; readonly value?: unknown }
  return roles === '' && (value === '' || value === 'NONE')
}
