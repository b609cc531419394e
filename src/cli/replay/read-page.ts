/** What the screen shows of a statement at a scene: everything on record about it up to the next scene. */
import {
  type EventFacts,
  type EventType,
  PartHead,
  type RecordedEvent,
  type Row,
  type StoredEvent,
  sampleRows,
} from '../../core/recording/index.ts'
import type { Film, Stop } from './film.ts'

export interface PageRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Row[]
  /** Rows of the whole result, as far as it is known. */
  readonly total: number
  /** True where there are rows, and none could be read from what is held of them. */
  readonly unread: boolean
}

export interface StatementPage {
  readonly id: string
  /** Its number in the session, from 1. */
  readonly number: number
  readonly received: EventFacts['statement.received'] | null
  readonly decision: EventFacts['statement.decision'] | null
  /** How it ended, and what went wrong with its result afterwards. */
  readonly ends: readonly Extract<RecordedEvent, { type: (typeof ENDS)[number] }>[]
  readonly result: PageRows | null
}

const ENDS = [
  'statement.completed',
  'statement.denied',
  'statement.failed',
  'statement.cancelled',
  'statement.outcomeUnknown',
  'result.broken',
] as const satisfies readonly EventType[]

/** Of what lies between the beginning of a statement and its end, at most so much is read for one page. */
const MOST_BYTES = 64 * 1024 * 1024
/** And of its rows so much: parts are taken in the order of the rows. */
const MOST_HEADS = 4

export async function readPage(film: Film, stop: Stop, limit: number): Promise<StatementPage | null> {
  const { statement, lsn } = stop
  const { reel } = film
  const received = statement === null ? null : await reel.received({ id: statement })
  if (statement === null || received === null) return null
  // An answer is not given away before it came: rows are on record shortly before the end of their statement.
  const ended = await reel.ended(statement)
  const page = new PageReader(statement, isEnd(stop.event) || ended === null || ended <= lsn)
  const until = (await film.next({ lsn }))?.lsn ?? Number.MAX_SAFE_INTEGER
  let bytes = 0
  for await (const pointer of reel.pointers(received - 1, until)) {
    if (pointer.type === 'result.batch' && !page.wantsRows) continue
    if (pointer.type === 'result.schema' && !page.showsRows) continue
    bytes += pointer.place.bytes
    if (bytes > MOST_BYTES) break
    page.add(await reel.read(pointer))
  }
  // What is decided about a page must not depend on how far it was read: its end is the scene itself.
  if (bytes > MOST_BYTES) page.add(stop.event)
  return page.page(await reel.statementsUntil(received), limit)
}

class PageReader {
  readonly #id: string
  readonly showsRows: boolean
  #received: EventFacts['statement.received'] | null = null
  #decision: EventFacts['statement.decision'] | null = null
  readonly #ends = new Map<number, StatementPage['ends'][number]>()
  #schema: EventFacts['result.schema'] | null = null
  readonly #parts = new Map<string, { readonly facts: EventFacts['result.batch']; head: PartHead; whole: boolean }>()

  constructor(id: string, showsRows: boolean) {
    this.#id = id
    this.showsRows = showsRows
  }

  get wantsRows(): boolean {
    if (!this.showsRows) return false
    const parts = [...this.#parts.values()]
    return parts.length < MOST_HEADS || parts.some(({ head, whole }) => !whole && !head.full)
  }

  add(event: Awaited<ReturnType<Film['reel']['read']>>): void {
    if (event.type === 'opaque' || event.statement !== this.#id) return
    if (event.type === 'statement.received') this.#received = event.facts
    else if (event.type === 'statement.decision') this.#decision = event.facts
    // A statement of several has a schema for each of its results; that of the first with rows is shown.
    else if (event.type === 'result.schema') this.#schema ??= event.facts.columns.length === 0 ? null : event.facts
    else if (event.type === 'result.batch') this.#addPiece(event)
    else if (isEnd(event)) this.#ends.set(event.lsn, event)
  }

  #addPiece({ facts, body }: Extract<RecordedEvent, { type: 'result.batch' }>): void {
    const key = `${facts.queryId} ${facts.part} ${facts.index} ${facts.delivery}`
    const known = this.#parts.get(key)
    if (known === undefined && this.#parts.size >= MOST_HEADS) return
    const part = known ?? { facts, head: new PartHead(), whole: false }
    part.head.add(body ?? new Uint8Array())
    part.whole ||= facts.last
    this.#parts.set(key, part)
  }

  async page(number: number, limit: number): Promise<StatementPage> {
    const ends = [...this.#ends.values()]
    return {
      id: this.#id,
      number,
      received: this.#received,
      decision: this.#decision,
      ends,
      result: await this.#result(limit),
    }
  }

  async #result(limit: number): Promise<PageRows | null> {
    const schema = this.#schema
    const queryId = schema?.queryId ?? [...this.#parts.values()][0]?.facts.queryId
    const format = schema?.format ?? 'json'
    const rows: Row[] = []
    for (const { facts, head, whole } of this.#inOrder(queryId)) {
      rows.push(...(await sampleRows({ ...facts, format, body: head.head() }, limit - rows.length)))
      if (!whole || head.full || rows.length >= limit) break
    }
    if (schema === null && rows.length === 0) return null
    const columns = schema?.columns ?? (rows[0] ?? []).map((_, index) => ({ name: `#${index + 1}`, type: '' }))
    const total = schema?.total ?? rows.length
    return { columns, rows, total, unread: limit > 0 && total > 0 && rows.length === 0 }
  }

  /** The inline part, then the chunks, as far as there is none missing; the first delivery of each. */
  *#inOrder(queryId: string | undefined) {
    const parts = [...this.#parts.values()].filter(({ facts }) => facts.queryId === queryId)
    const inline = parts.find(({ facts }) => facts.part === 'inline')
    if (inline !== undefined) yield inline
    for (let index = 0; ; index += 1) {
      const chunk = parts.find(({ facts }) => facts.part === 'chunk' && facts.index === index)
      if (chunk === undefined) return
      yield chunk
    }
  }
}

function isEnd(event: StoredEvent): event is StatementPage['ends'][number] {
  return (ENDS as readonly string[]).includes(event.type)
}
