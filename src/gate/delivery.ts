/**
 * From the upstream's answer to bytes that may leave: encoded by the door, recorded as encoded, and only then handed
 * out. The record holds the rows and the hash of the body, so that what an agent saw can be shown and proven.
 */
import { createHash } from 'node:crypto'
import type { EventInput } from '../core/recording/index.ts'
import { type QueryAnswer, readStorageHeaders } from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Ids } from '../lib/ids.ts'
import { bytesOf } from '../lib/json/index.ts'
import { type ChunkLinks, type LinkSet, linkHash } from './chunk-links.ts'
import type { Recorder } from './ports.ts'
import type { Session } from './session.ts'
import type { AnswerEncoder } from './statement-request.ts'

export interface DeliveryTools {
  readonly recorder: Recorder
  readonly links: ChunkLinks
  readonly ids: Ids
}

export interface DeliveryFacts {
  readonly session: Session
  readonly statement: string
  readonly queryId: string
  readonly answer: QueryAnswer
  readonly encoder: AnswerEncoder
  /** Events that say how the statement ended or why the result is fetched: durable together with the rows. */
  readonly also: readonly EventInput[]
}

/** Throws ICE_ANSWER_REFUSED for an answer that no client may see. */
export function assertDeliverable(answer: QueryAnswer): void {
  if (answer.forbidden.length > 0) {
    throw new IcecoreError('ICE_ANSWER_REFUSED', { what: answer.forbidden.join(', ') })
  }
  const promised = answer.total ?? answer.returned
  if (answer.inline === null || promised === null || answer.resultIds.length > 0) return
  const held = answer.inline.rows + answer.chunks.reduce((rows, chunk) => rows + chunk.rowCount, 0)
  if (held !== promised) {
    throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', {
      reason: `the answer promises ${promised} rows and holds ${held}`,
    })
  }
}

/** Resolves with the body once it is on record. Rejects with ICE_RESULT_UNRECORDED, and then nothing may leave. */
export async function deliverAnswer(facts: DeliveryFacts, tools: DeliveryTools): Promise<Uint8Array> {
  const { session, answer, encoder } = facts
  if (session.ended !== null) throw new IcecoreError('ICE_SESSION_UNKNOWN', {}, { cause: session.ended })
  const links = answer.chunks.length === 0 ? null : openLinks(facts, tools.links)
  const body = encoder.encode(answer, links)
  try {
    await tools.recorder.append(...describeResult(facts, body, links, tools.ids.uuid()), ...facts.also)
  } catch (error) {
    if (links !== null) tools.links.close(links)
    throw new IcecoreError('ICE_RESULT_UNRECORDED', {}, { cause: error })
  }
  return body
}

function openLinks({ session, statement, queryId, answer }: DeliveryFacts, links: ChunkLinks): LinkSet {
  return links.open({ session, statement, queryId, ...linkedChunks(answer) }, session.facts.profile.sendsChunkHeaders)
}

/** What links lead to: the chunks at storage, and what must be known to check them. */
export function linkedChunks(answer: QueryAnswer): Pick<LinkSet, 'format' | 'columns' | 'chunks'> {
  const headers = readStorageHeaders(answer)
  return {
    format: answer.format ?? 'json',
    columns: answer.columns?.length ?? 0,
    chunks: answer.chunks.map((chunk) => ({ url: chunk.url, headers, rows: chunk.rowCount })),
  }
}

/** One event holds so much of the inline rows; a journal bounds its events. */
const INLINE_PIECE_BYTES = 4 * 1024 * 1024

function describeResult(
  facts: DeliveryFacts,
  body: Uint8Array,
  links: LinkSet | null,
  delivery: string,
): readonly EventInput[] {
  const { answer, queryId } = facts
  if (!answer.success || answer.columns === null) return []
  const at = { session: facts.session.id, statement: facts.statement }
  const schema: EventInput = {
    ...at,
    type: 'result.schema',
    facts: {
      queryId,
      statementTypeId: answer.statementTypeId,
      format: answer.format ?? 'json',
      columns: answer.columns,
      total: answer.total,
      inlineRows: answer.inline?.rows ?? 0,
      chunks: answer.chunks.map((chunk) => ({ rows: chunk.rowCount })),
      childQueryIds: answer.resultIds,
      link:
        links === null ? null : { token: linkHash(links.token), key: links.key === null ? null : linkHash(links.key) },
    },
  }
  const whole = {
    rows: answer.inline?.rows ?? 0,
    sha256: createHash('sha256').update(body).digest('hex'),
    bodyBytes: body.length,
  }
  const pieces = inlinePieces(answer)
  const batches = pieces.map((rows, piece): EventInput => {
    const last = piece === pieces.length - 1
    const part = { queryId, part: 'inline', index: 0, piece, last, delivery, encoding: 'identity' } as const
    return { ...at, type: 'result.batch', facts: { ...part, ...(last ? whole : {}) }, body: rows }
  })
  return [schema, ...batches]
}

/** The inline rows as the client gets them, cut where an event would grow too large; at least one piece. */
function inlinePieces(answer: QueryAnswer): readonly Uint8Array[] {
  const rows = answer.inline === null ? new Uint8Array() : bytesOf(answer.document, answer.inline.value)
  const count = Math.max(1, Math.ceil(rows.length / INLINE_PIECE_BYTES))
  return Array.from({ length: count }, (_, piece) =>
    rows.subarray(piece * INLINE_PIECE_BYTES, (piece + 1) * INLINE_PIECE_BYTES),
  )
}
