/**
 * Links to result chunks. Drivers fetch chunks without a session token (driver-protocol.md#result-chunks), so the link
 * itself is the right to fetch: unguessable, dead with its session, and wanting a secret header from drivers that send
 * one.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import type { ChunkSource } from './ports.ts'
import type { Session } from './session.ts'

export interface LinkedChunk extends ChunkSource {
  readonly rows: number
}

export interface LinkSet {
  readonly session: Session
  readonly statement: string
  readonly queryId: string
  readonly format: 'json' | 'arrow'
  readonly columns: number
  readonly chunks: readonly LinkedChunk[]
  /** In the path of each link. */
  readonly token: string
  /** Value of the header CHUNK_KEY_HEADER; null for drivers that would not send it. */
  readonly key: string | null
  readonly openedAt: number
}

export const CHUNK_KEY_HEADER = 'x-icecore-chunk-key'

/** As long as Snowflake's own chunk links live (public documentation). */
export const CHUNK_LINK_LIFE_MS = 6 * 60 * 60 * 1000

export interface ChunkLinksOptions {
  readonly clock: Clock
  readonly ids: Ids
  /** How long a link lives, milliseconds. */
  readonly life: number
  /** Open link sets per session; the oldest goes first. */
  readonly perSession: number
}

export class ChunkLinks {
  readonly #options: ChunkLinksOptions
  readonly #sets = new Map<string, LinkSet>()
  readonly #bySession = new Map<string, Set<string>>()

  constructor(options: ChunkLinksOptions) {
    this.#options = options
  }

  open(facts: Omit<LinkSet, 'token' | 'key' | 'openedAt'>, wantsKey: boolean): LinkSet {
    const { ids, clock } = this.#options
    const set: LinkSet = {
      ...facts,
      token: ids.token('icc_'),
      key: wantsKey ? ids.token('ick_') : null,
      openedAt: clock.now(),
    }
    this.reopen(set)
    return set
  }

  /** The chunk behind a link, or null: unknown, expired, ended session and wrong key all look the same. */
  find(
    token: string,
    index: number,
    key: string | null,
  ): { readonly set: LinkSet; readonly chunk: LinkedChunk } | null {
    const set = this.#sets.get(linkHash(token))
    if (set === undefined || set.session.ended !== null) return null
    if (this.#options.clock.now() - set.openedAt >= this.#options.life) return null
    if (set.key !== null && (key === null || !timingSafeEqual(digestOf(set.key), digestOf(key)))) return null
    const chunk = set.chunks[index]
    return chunk === undefined ? null : { set, chunk }
  }

  /** Whether such links were handed out, whoever may use them. */
  isKnown(token: string): boolean {
    return this.#sets.has(linkHash(token))
  }

  /** Puts links in: new ones, and again those that an earlier process had handed out. */
  reopen(set: LinkSet): void {
    const own = this.#bySession.get(set.session.id) ?? new Set()
    this.#bySession.set(set.session.id, own)
    const hash = linkHash(set.token)
    this.#sets.set(hash, set)
    own.add(hash)
    const [oldest] = own
    if (own.size > this.#options.perSession && oldest !== undefined) this.#drop(oldest, own)
  }

  closeSession(session: string): void {
    for (const hash of this.#bySession.get(session) ?? []) this.#sets.delete(hash)
    this.#bySession.delete(session)
  }

  close(set: LinkSet): void {
    const own = this.#bySession.get(set.session.id)
    if (own !== undefined) this.#drop(linkHash(set.token), own)
  }

  #drop(hash: string, own: Set<string>): void {
    own.delete(hash)
    this.#sets.delete(hash)
  }
}

function digestOf(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** Under which a link, or the header that it wants, is known. */
export function linkHash(value: string): string {
  return digestOf(value).toString('base64')
}
