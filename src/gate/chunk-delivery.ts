/**
 * One result chunk on its way through: piece by piece recorded, then released. The last piece waits until the whole
 * chunk has been checked, since three drivers take a short body that ends cleanly for a whole one
 * (driver-protocol.md#chunk-bodies): a body that ends holds exactly the rows its envelope promised, and any other is
 * broken off.
 */
import { createHash, type Hash } from 'node:crypto'
import type { EventFacts } from '../core/recording/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import type { ChunkLinks, LinkedChunk, LinkSet } from './chunk-links.ts'
import type { ChunkBody, ChunkCheck, ChunkChecker, Recorder } from './ports.ts'

export interface ChunkDeliveryTools {
  readonly recorder: Recorder
  readonly checker: ChunkChecker
  readonly links: ChunkLinks
  /** Brings links of an earlier process back, if there are such of this token. */
  recall(token: string, key: string | null): Promise<void>
  readonly clock: Clock
  readonly ids: Ids
}

export interface ChunkDelivery {
  readonly encoding: 'identity' | 'gzip'
  readonly length: number | null
  /** Each piece is on record before it comes out. Throws where the chunk must be broken off. */
  readonly pieces: AsyncIterable<Uint8Array>
}

/** One event and one flush for so many bytes: large enough to be cheap, small enough to keep the client fed. */
const PIECE_BYTES = 256 * 1024
/** Pieces on their way to the disk at once. */
const WINDOW = 4

export interface ChunkRequest {
  readonly token: string
  readonly index: number
  /** Value of the header CHUNK_KEY_HEADER; null when the request has none. */
  readonly key: string | null
}

/** Rejects with ICE_HANDLE_UNKNOWN for a dead link, or with what `openChunk` of the upstream rejects with. */
export async function deliverChunk(
  request: ChunkRequest,
  tools: ChunkDeliveryTools,
  signal: AbortSignal,
): Promise<ChunkDelivery> {
  const { token, index, key } = request
  const found = tools.links.find(token, index, key) ?? (await recalled(request, tools))
  if (found === null) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
  const { set, chunk } = found
  const { session } = set
  session.seenAt = tools.clock.now()
  const at = { set, index, delivery: tools.ids.uuid() }
  try {
    const body = await session.facts.upstream.openChunk(chunk, signal)
    return { encoding: body.encoding, length: body.length, pieces: releasePieces(at, chunk, body, tools) }
  } catch (error) {
    recordBroken(at, error, tools.recorder)
    throw error
  }
}

/** One delivery of one chunk: a driver may fetch the same chunk several times. */
interface DeliveredChunk {
  readonly set: LinkSet
  readonly index: number
  readonly delivery: string
}

async function recalled({ token, index, key }: ChunkRequest, { links, recall }: ChunkDeliveryTools) {
  if (links.isKnown(token)) return null
  await recall(token, key)
  return links.find(token, index, key)
}

async function* releasePieces(
  at: DeliveredChunk,
  chunk: LinkedChunk,
  body: ChunkBody,
  tools: ChunkDeliveryTools,
): AsyncGenerator<Uint8Array> {
  const { format, columns } = at.set
  const recording = new ChunkRecording(at, body.encoding, tools.recorder)
  const check = tools.checker.start({ encoding: body.encoding, format, columns })
  const durable: { readonly bytes: Uint8Array; readonly recorded: Promise<void> }[] = []
  try {
    let held: Uint8Array | null = null
    for await (const bytes of inPieces(body.bytes)) {
      await check.push(bytes)
      if (held !== null) durable.push({ bytes: held, recorded: watched(recording.append(held)) })
      held = bytes
      if (durable.length >= WINDOW) yield* release(durable)
    }
    const rows = await checkedRows(check, chunk.rows)
    durable.push({
      bytes: held ?? new Uint8Array(),
      recorded: watched(recording.appendLast(held ?? new Uint8Array(), rows)),
    })
    while (durable.length > 0) yield* release(durable)
  } catch (error) {
    check.abandon()
    recordBroken(at, error, tools.recorder)
    throw error
  }
}

/** The oldest piece, once it is on record. */
async function* release(
  durable: { readonly bytes: Uint8Array; readonly recorded: Promise<void> }[],
): AsyncGenerator<Uint8Array> {
  const first = durable.shift()
  if (first === undefined) return
  await first.recorded
  yield first.bytes
}

/** Awaited later: a rejection in the meantime is not unhandled. */
function watched(recorded: Promise<void>): Promise<void> {
  recorded.catch(() => undefined)
  return recorded
}

async function checkedRows(check: ChunkCheck, promised: number): Promise<number> {
  const rows = await check.end()
  if (rows !== promised) {
    throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: `a chunk promised ${promised} rows and holds ${rows}` })
  }
  return rows
}

class ChunkRecording {
  readonly #set: LinkSet
  readonly #facts: Pick<EventFacts['result.batch'], 'queryId' | 'part' | 'index' | 'delivery' | 'encoding'>
  readonly #recorder: Recorder
  readonly #hash: Hash = createHash('sha256')
  #piece = 0
  #bytes = 0

  constructor({ set, index, delivery }: DeliveredChunk, encoding: 'identity' | 'gzip', recorder: Recorder) {
    this.#set = set
    this.#recorder = recorder
    this.#facts = { queryId: set.queryId, part: 'chunk', index, delivery, encoding }
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#record(bytes, { last: false })
  }

  appendLast(bytes: Uint8Array, rows: number): Promise<void> {
    this.#hash.update(bytes)
    const facts = { last: true, rows, sha256: this.#hash.digest('hex'), bodyBytes: this.#bytes + bytes.length }
    return this.#write(bytes, facts)
  }

  #record(bytes: Uint8Array, facts: { readonly last: false }): Promise<void> {
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    return this.#write(bytes, facts)
  }

  #write(
    body: Uint8Array,
    facts: Pick<EventFacts['result.batch'], 'last' | 'rows' | 'sha256' | 'bodyBytes'>,
  ): Promise<void> {
    const piece = this.#piece
    this.#piece += 1
    return this.#recorder.append({
      ...placeOf(this.#set),
      type: 'result.batch',
      facts: { ...this.#facts, piece, ...facts },
      body,
    })
  }
}

function recordBroken({ set, index, delivery }: DeliveredChunk, error: unknown, recorder: Recorder): void {
  const reason = error instanceof Error ? error.message : String(error)
  const facts = { queryId: set.queryId, index, delivery, reason }
  recorder
    .append({ ...placeOf(set), type: 'result.broken', facts })
    // The journal has failed too: that is on its own record, and the connection is broken off all the same.
    .catch(() => undefined)
}

function placeOf({ session, statement }: LinkSet): { readonly session: string; readonly statement: string } {
  return { session: session.id, statement }
}

/** The same bytes in pieces of a good size. */
async function* inPieces(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let size = 0
  for await (const block of blocks) {
    waiting.push(block)
    size += block.length
    if (size < PIECE_BYTES) continue
    yield waiting.length === 1 ? block : Buffer.concat(waiting, size)
    waiting = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(waiting, size)
}
