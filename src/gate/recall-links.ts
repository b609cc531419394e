/** Links to result chunks that an earlier process had handed out: they lead on, with fresh addresses at storage. */
import { timingSafeEqual } from 'node:crypto'
import { readQueryAnswer } from '../core/wire/index.ts'
import type { Clock } from '../lib/clock.ts'
import { CHUNK_LINK_LIFE_MS, type ChunkLinks, linkHash } from './chunk-links.ts'
import { linkedChunks } from './delivery.ts'
import type { Past } from './ports.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface RecallTools {
  readonly past: Pick<Past, 'link'>
  readonly registry: SessionRegistry
  readonly links: ChunkLinks
  readonly clock: Clock
}

/**
 * Puts the links of this token in again, if there are such. The addresses at storage are on no record, since they are
 * secrets: the upstream gives new ones with the result, which must be the one that was promised.
 */
export async function recallLinks(token: string, key: string | null, tools: RecallTools): Promise<void> {
  const { past, registry, links, clock } = tools
  const found = await past.link(linkHash(token))
  const session = found === null ? null : registry.byId(found.session)
  const wanted = found?.schema.facts.link ?? null
  if (found === null || session === null || wanted === null) return
  if (clock.now() - found.schema.at >= CHUNK_LINK_LIFE_MS) return
  if (wanted.key !== null && (key === null || !isSame(wanted.key, linkHash(key)))) return
  const { queryId, chunks } = found.schema.facts
  const answer = readQueryAnswer(await session.facts.upstream.result(queryId))
  const again = answer.chunks.map(({ rowCount }) => rowCount)
  if (again.length !== chunks.length || chunks.some(({ rows }, index) => rows !== again[index])) return
  links.reopen({
    session,
    statement: found.statement,
    queryId,
    ...linkedChunks(answer),
    token,
    key: wanted.key === null ? null : key,
    openedAt: found.schema.at,
  })
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
