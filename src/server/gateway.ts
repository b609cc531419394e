/** The composition root: every part of a running Icecore is made here, and closed here in the opposite order. */

import type { KeyObject } from 'node:crypto'
import { createHash, createHmac } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { FastifyInstance } from 'fastify'
import {
  type Journal,
  JournalCheck,
  type JournalFiles,
  JournalReader,
  nodeFiles,
  openJournal,
} from '../adapters/journal/index.ts'
import { createSealer, loadKek } from '../adapters/secrets/index.ts'
import { createSnowflakeConnector, DEFAULT_SNOWFLAKE_OPTIONS } from '../adapters/snowflake/index.ts'
import { RecordingIndex, recordedPast, recordFolders } from '../adapters/store/index.ts'
import { createLog } from '../adapters/telemetry/index.ts'
import { createTokenVerifier } from '../adapters/tokens/index.ts'
import { createChunkChecker } from '../adapters/workers/index.ts'
import { deriveKey } from '../core/recording/format/index.ts'
import { refuseUnreadable, registerDriverDoor } from '../doors/driver/index.ts'
import { registerOpsDoor } from '../doors/ops/index.ts'
import { IcecoreError } from '../errors.ts'
import {
  AnswerMemory,
  CHUNK_LINK_LIFE_MS,
  ChunkLinks,
  DEFAULT_REFUSAL_LIMITS,
  Gate,
  Handles,
  logIn,
  type Past,
  Refusals,
  recallLinks,
  resumeSessions,
  SessionRegistry,
  SessionTokenBook,
  type UpstreamConnector,
} from '../gate/index.ts'
import { type Clock, delay, systemClock } from '../lib/clock.ts'
import { type Ids, randomIds } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { Config } from './config/index.ts'
import { createListener, type Listener } from './listener.ts'
import {
  mapAccessRules,
  mapAgents,
  mapConnections,
  mapIssuers,
  mapKnownPrincipals,
  mapPeople,
  mapStatementSettings,
} from './map-config.ts'

export interface Gateway {
  /** Where drivers reach it. */
  readonly url: string
  readonly opsUrl: string
  /**
   * Drains and stops: nothing new is begun, running statements may end within `limits.drain`, the record is closed.
   * Sessions are kept for the next process, with what still runs in them, unless they are to end.
   */
  close(reason?: string, sessions?: 'keep' | 'end'): Promise<void>
}

export interface GatewayTools {
  readonly clock?: Clock
  readonly ids?: Ids
  readonly log?: Log
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The journal's own file operations. */
  readonly files?: JournalFiles
}

const VERSION = '0.1.0'

/** Rejects with the error of the part that could not start; what had been started is stopped. */
export async function startGateway(config: Config, tools: GatewayTools = {}): Promise<Gateway> {
  const { clock = systemClock, ids = randomIds, environment = process.env, files = nodeFiles } = tools
  const log = tools.log ?? createLog(config.log.level, process.stderr)
  const started = new Started()
  try {
    const kek = await loadKek(config.recording.key, { environment })
    const recording = await openRecord(config, kek, files, { clock, ids, log }, started)
    const upstream = createSnowflakeConnector(
      await mapConnections(config, { environment }),
      { clock, ids, log },
      { ...DEFAULT_SNOWFLAKE_OPTIONS, maxAnswerBytes: config.limits.envelope },
    )
    started.add(() => upstream.close())
    await recording.journal.append({
      type: 'gateway.started',
      session: null,
      facts: { version: VERSION, config: hashOf(config), pid: process.pid },
    })
    return await openDoors(config, kek, recording, upstream, { clock, ids, log }, started)
  } catch (error) {
    await started.stop()
    throw error
  }
}

interface Basics {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

interface Recording {
  readonly journal: Journal
  readonly past: Past
  readonly check: JournalCheck
}

async function openRecord(
  config: Config,
  kek: KeyObject,
  files: JournalFiles,
  basics: Basics,
  started: Started,
): Promise<Recording> {
  const { journal: folder, index: path } = recordFolders(config.data)
  const { segment_size, ballast, low_water } = config.recording
  const limits = { segmentBytes: segment_size, ballastBytes: ballast, lowWaterBytes: low_water }
  const journal = await openJournal({ folder, kek, clock: basics.clock, ids: basics.ids, limits, files })
  started.add(() => journal.close())
  const reader = new JournalReader({ folder, kek })
  const index = await RecordingIndex.open({ path, reader, clock: basics.clock })
  started.add(() => index.close())
  const unsubscribe = journal.subscribe((events) => index.feed(events))
  started.add(async () => unsubscribe())
  const check = new JournalCheck({ journal, folder, kek, log: basics.log })
  started.add(() => check.close())
  return { journal, past: recordedPast(index.database, reader), check }
}

async function openDoors(
  config: Config,
  kek: KeyObject,
  { journal, past, check }: Recording,
  upstream: UpstreamConnector,
  basics: Basics,
  started: Started,
): Promise<Gateway> {
  const { limits, sessions } = config
  const { clock, ids, log } = basics
  const links = new ChunkLinks({ clock, ids, life: CHUNK_LINK_LIFE_MS, perSession: limits.chunk_links })
  const sealer = createSealer(kek)
  const lives = { token: sessions.token_life, master: sessions.master_life, renewGrace: sessions.renew_grace }
  const tokens = new SessionTokenBook({ clock, ids, lives })
  const answers = new AnswerMemory(limits.answers_in_memory, { recorder: journal, clock, log })
  const registry = new SessionRegistry(
    { recorder: journal, tokens, links, answers, sealer, clock, log },
    {
      sessions: limits.sessions,
      perPrincipal: limits.sessions_per_principal,
      longestLife: sessions.longest_life,
      idle: sessions.idle,
      unattended: UNATTENDED_MS,
      upstreamHeartbeat: UPSTREAM_HEARTBEAT_MS,
    },
  )
  const refusals = new Refusals({ recorder: journal, clock, log }, DEFAULT_REFUSAL_LIMITS)
  const verifier = createTokenVerifier({
    issuers: await mapIssuers(config),
    people: mapPeople(config),
    agents: mapAgents(config),
    clock,
    log,
  })
  const handles = new Handles({ clock, limit: HANDLES })
  const gate = new Gate(
    {
      recorder: journal,
      registry,
      handles,
      links,
      answers,
      keyedHash: keyedHash(kek),
      past,
      clock,
      ids,
      log,
    },
    {
      statements: {
        maxBytes: limits.statement,
        maxDepth: limits.bracket_depth,
        maxChain: limits.operator_chain,
        maxStatements: limits.statements_per_text,
      },
      settings: mapStatementSettings(config),
      openStatements: limits.open_statements_per_session,
      rememberedRequests: REMEMBERED_REQUESTS,
      resultFetches: limits.result_fetches_per_session,
    },
  )
  const checker = createChunkChecker({
    threads: Math.max(1, availableParallelism() - 1),
    waitingBytes: CHECK_WAITING_BYTES,
  })
  started.add(() => checker.close())

  const rules = mapAccessRules(config)
  const known = mapKnownPrincipals(config)
  await resumeSessions({ past, upstream, rules, known, sealer, registry, handles, gate, recorder: journal, clock, log })
  const state = new Lifecycle()
  const logInTools = { verifier, rules, upstream, recorder: journal, registry, sealer, refusals, clock, ids, log }
  const registerDriver = (app: FastifyInstance): void =>
    registerDriverDoor(
      app,
      {
        gate,
        registry,
        refusals,
        logIn: (request) => {
          state.assertOpen()
          return logIn(request, logInTools)
        },
        chunks: {
          recorder: journal,
          checker,
          links,
          recall: (token, key) => recallLinks(token, key, { past, registry, links, clock }),
          clock,
          ids,
        },
        clock,
        ids,
        log,
      },
      {
        publicUrl: () => config.public_url ?? driver.url,
        bodies: { received: limits.request_body, unpacked: limits.decompressed_body },
        bodiesInMemory: limits.request_bodies_in_memory,
        hold: limits.hold,
        retryWindow: RETRY_WINDOW_MS,
      },
    )
  const driver: Listener = await createListener(config.listen.driver, registerDriver, clock, (error, socket) =>
    refuseUnreadable(error, socket, refusals),
  )
  started.add(() => driver.close())
  const ops = await createListener(
    config.listen.ops,
    (app) => registerOpsDoor(app, { readiness: () => state.readiness(journal.failure(), check.reasons()) }),
    clock,
  )
  started.add(() => ops.close())
  void check.start()
  log.info('gateway.started', { driver: driver.url, ops: ops.url, data: config.data })

  const drain = async (reason: string, sessions: 'keep' | 'end'): Promise<void> => {
    state.close()
    gate.drain()
    const deadline = clock.monotonic() + limits.drain
    while (registry.openStatements() > 0 && clock.monotonic() < deadline) await delay(clock, DRAIN_LOOK_MS)
    if (sessions === 'end') await registry.endAll(reason)
    else gate.suspend()
    await driver.close()
    await journal.append({ type: 'gateway.stopped', session: null, facts: { reason } })
    await started.stop()
    log.info('gateway.stopped', { reason })
  }
  let draining: Promise<void> | null = null
  return {
    url: driver.url,
    opsUrl: ops.url,
    close(reason = 'shutdown', sessions = 'keep') {
      draining ??= drain(reason, sessions)
      return draining
    },
  }
}

/** Snowflake itself aborts a synchronous query that nobody has asked after for so long (`queryAbortsAfterSecs`). */
const UNATTENDED_MS = 300_000
const UPSTREAM_HEARTBEAT_MS = 15 * 60 * 1000
/** Handles kept at a time: 24 hours of a busy gateway. */
const HANDLES = 1_000_000
const REMEMBERED_REQUESTS = 10_000
const CHECK_WAITING_BYTES = 4 * 1024 * 1024
const DRAIN_LOOK_MS = 50
/**
 * The most impatient driver gives up after about 10 s (driver-protocol.md#http-statuses-and-retries): by then it shall
 * have a final error.
 */
const RETRY_WINDOW_MS = 8_000

class Lifecycle {
  #open = true

  close(): void {
    this.#open = false
  }

  assertOpen(): void {
    if (!this.#open) throw new IcecoreError('ICE_DRAINING')
  }

  readiness(
    recorderFailure: string | null,
    damages: readonly string[],
  ): { readonly ready: boolean; readonly reasons: readonly string[] } {
    const reasons = [
      ...(this.#open ? [] : ['Icecore is shutting down']),
      ...(recorderFailure === null ? [] : [`nothing can be recorded: ${recorderFailure}`]),
      ...damages,
    ]
    return { ready: reasons.length === 0, reasons }
  }
}

/** What has been started, to be stopped in the opposite order. */
class Started {
  readonly #stops: (() => Promise<void>)[] = []

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop)
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop()
  }
}

/** Marks for secrets that are cut out of the record: comparable with each other, useless without the key. */
function keyedHash(kek: KeyObject): (value: string) => string {
  const key = deriveKey(kek, 'secret-marks')
  return (value) => createHmac('sha256', key).update(value).digest('hex').slice(0, 16)
}

/** Tells one config from another on record; secrets are references in it. */
function hashOf(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex')
}
