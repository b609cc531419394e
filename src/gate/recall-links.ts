/** Links to result chunks that an earlier process had handed out: they lead on, with fresh addresses at storage. */
import { timingSafeEqual } from 'node:crypto'
import { readQueryAnswer } from '../core/wire/index.ts'
import type { Clock } from '../lib/clock.ts'
import { CHUNK_LINK_LIFE_MS, type ChunkLinks, linkHash } from './chunk-links.ts'
import { linkedChunks } from './delivery.ts'
import type { Past, PastLink } from './ports.ts'
import type { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface RecallTools {
  readonly past: Pick<Past, 'link'>
  readonly registry: SessionRegistry
  readonly links: ChunkLinks
  readonly clock: Clock
}

/** The part of a link's path, and the header that came with it. */
interface Presented {
  readonly token: string
  readonly key: string | null
}

export class LinkRecall {
  readonly #tools: RecallTools
  /** The recall that a session's next one waits for: of one session one result at a time is asked for. */
  readonly #turns = new WeakMap<Session, Promise<void>>()

  constructor(tools: RecallTools) {
    this.#tools = tools
  }

  /**
   * Puts the links of this token in again, if there are such. The addresses at storage are on no record, since they are
   * secrets: the upstream gives new ones with the result, which must be the one that was promised.
   */
  async recall(token: string, key: string | null): Promise<void> {
    const { past, registry, clock } = this.#tools
    const found = await past.link(linkHash(token))
    const session = found === null ? null : registry.byId(found.session)
    const wanted = found?.schema.facts.link ?? null
    if (found === null || session === null || wanted === null) return
    if (clock.now() - found.schema.at >= CHUNK_LINK_LIFE_MS) return
    if (wanted.key !== null && (key === null || !isSame(wanted.key, linkHash(key)))) return
    const before = this.#turns.get(session) ?? Promise.resolve()
    const turn = before.then(() => this.#reopen(session, found, { token, key: wanted.key === null ? null : key }))
    this.#turns.set(
      session,
      turn.catch(() => undefined),
    )
    await turn
  }

  async #reopen(session: Session, { statement, schema }: PastLink, { token, key }: Presented): Promise<void> {
    const { links } = this.#tools
    // A driver fetches the chunks of a result side by side: the first request has brought the links back for all.
    if (session.ended !== null || links.isKnown(token)) return
    const { queryId, chunks } = schema.facts
    const answer = readQueryAnswer(await session.facts.upstream.result(queryId))
    const again = answer.chunks.map(({ rowCount }) => rowCount)
    if (again.length !== chunks.length || chunks.some(({ rows }, index) => rows !== again[index])) return
    links.reopen({ session, statement, queryId, ...linkedChunks(answer), token, key, openedAt: schema.at })
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
