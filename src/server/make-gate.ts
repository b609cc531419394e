/** The gate with all it stands on, and who may come to it: made from the configuration, and brought up to date from the record. */
import { createHmac, type KeyObject } from 'node:crypto'
import { createSealer } from '../adapters/secrets/index.ts'
import type { SnowflakeConnector } from '../adapters/snowflake/index.ts'
import { reasonGone } from '../core/identity/index.ts'
import { deriveKey } from '../core/recording/format/index.ts'
import {
  type AccessToday,
  AnswerMemory,
  CHUNK_LINK_LIFE_MS,
  ChunkLinks,
  DEFAULT_REFUSAL_LIMITS,
  Gate,
  Handles,
  LinkRecall,
  type LogInRequest,
  logIn,
  type OpenedSession,
  OwnSessions,
  Refusals,
  resumeSessions,
  SessionRegistry,
  SessionTokenBook,
} from '../gate/index.ts'
import type { Basics, Lifecycle } from './lifecycle.ts'
import type { OpenRecord } from './open-record.ts'
import { Identity, makeVerifier } from './reload.ts'
import type { Settings } from './settings.ts'

export interface GateParts {
  readonly gate: Gate
  readonly registry: SessionRegistry
  readonly own: OwnSessions
  readonly links: ChunkLinks
  /** Finds the links that an earlier process gave out. */
  readonly linkRecall: LinkRecall
  readonly refusals: Refusals
  readonly identity: Identity
  readonly access: AccessToday
  logIn(request: LogInRequest): Promise<OpenedSession>
}

export interface GateMaking {
  readonly settings: Settings
  readonly kek: KeyObject
  readonly record: OpenRecord
  readonly upstream: SnowflakeConnector
  readonly state: Lifecycle
}

/** Handles kept at a time: 24 hours of a busy gateway. */
const HANDLES = 1_000_000

/** Resolves when the sessions of the process before go on. */
export async function makeGate(
  { settings, kek, record, upstream, state }: GateMaking,
  basics: Basics,
): Promise<GateParts> {
  const { journal: recorder, past } = record
  const { clock, ids, log, version } = basics
  const limits = settings.limits()
  const links = new ChunkLinks({
    clock,
    ids,
    life: CHUNK_LINK_LIFE_MS,
    get perSession() {
      return limits.chunk_links
    },
  })
  const sealer = createSealer(kek)
  const tokens = new SessionTokenBook({ clock, ids, lives: settings.tokenLives() })
  const answers = new AnswerMemory(() => limits.answers_in_memory, { recorder, clock, log })
  const registry = new SessionRegistry({ recorder, tokens, links, answers, sealer, clock, log }, settings.sessions())
  const refusals = new Refusals({ recorder, clock, log }, DEFAULT_REFUSAL_LIMITS)
  const identity = new Identity(await makeVerifier(settings.config, { clock, log }))
  const access: AccessToday = {
    get rules() {
      return settings.rules
    },
    hasConnection: (name) => upstream.connection(name) !== undefined,
    reasonGone: (principal) => reasonGone(principal, settings.known, clock.now()),
    reconsider: (principal) => identity.current.reconsider(principal),
  }
  const handles = new Handles({ clock, limit: HANDLES })
  const gate = new Gate(
    { recorder, registry, handles, links, answers, keyedHash: keyedHash(kek), past, clock, ids, log },
    settings.gate(),
  )
  const beginning = { access, upstream, recorder, registry, sealer, clock, log }
  const own = new OwnSessions(
    { ...beginning, gate, refusals, ids, assertOpen: () => state.assertOpen() },
    {
      get sessions() {
        return limits.own_sessions
      },
      version,
    },
  )
  await resumeSessions({ ...beginning, past, handles, gate })
  return {
    gate,
    registry,
    own,
    links,
    linkRecall: new LinkRecall({ past, registry, links, clock }),
    refusals,
    identity,
    access,
    logIn: async (request) => {
      state.assertOpen()
      const verifier = { verify: (token: string) => identity.current.verify(token) }
      return logIn(request, { ...beginning, verifier, refusals, ids })
    },
  }
}

/** Marks for secrets that are cut out of the record: comparable with each other, useless without the key. */
function keyedHash(kek: KeyObject): (value: string) => string {
  const key = deriveKey(kek, 'secret-marks')
  return (value) => createHmac('sha256', key).update(value).digest('hex').slice(0, 16)
}
