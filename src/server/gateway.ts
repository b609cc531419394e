/** The composition root: every part of a running Icecore is made here, and closed here in the opposite order. */

import type { KeyObject } from 'node:crypto'
import { createHmac } from 'node:crypto'
import { availableParallelism } from 'node:os'
import {
  type Journal,
  JournalCheck,
  type JournalFiles,
  JournalReader,
  nodeFiles,
  openJournal,
} from '../adapters/journal/index.ts'
import { createSealer, loadKek } from '../adapters/secrets/index.ts'
import {
  createSnowflakeConnector,
  DEFAULT_SNOWFLAKE_OPTIONS,
  type SnowflakeConnector,
} from '../adapters/snowflake/index.ts'
import { RecordingIndex, recordedPast, recordFolders, recordingsOf } from '../adapters/store/index.ts'
import { createLog } from '../adapters/telemetry/index.ts'
import { createChunkChecker } from '../adapters/workers/index.ts'
import type { ReloadJson } from '../api-schema/index.ts'
import { reasonGone } from '../core/identity/index.ts'
import { deriveKey } from '../core/recording/format/index.ts'
import { createDriverDoor, refuseUnreadable } from '../doors/driver/index.ts'
import { registerOperatorDoor } from '../doors/operator/index.ts'
import { type Readiness, registerOpsDoor } from '../doors/ops/index.ts'
import { IcecoreError } from '../errors.ts'
import {
  type AccessToday,
  AnswerMemory,
  CHUNK_LINK_LIFE_MS,
  ChunkLinks,
  DEFAULT_REFUSAL_LIMITS,
  Gate,
  Handles,
  LinkRecall,
  logIn,
  type Past,
  Refusals,
  resumeSessions,
  SessionRegistry,
  SessionTokenBook,
  type TokenVerifier,
} from '../gate/index.ts'
import { type Clock, delay, systemClock } from '../lib/clock.ts'
import { type Ids, randomIds } from '../lib/ids.ts'
import { type Log, silentLog } from '../lib/log.ts'
import { checkConnections } from './check-connections.ts'
import type { Config } from './config/index.ts'
import type { Listener } from './listener.ts'
import { mapCertificates, mapConnections, mapListeners, mapProxies } from './map-config.ts'
import { openListeners } from './open-listeners.ts'
import { listenOnSocket } from './operator-socket.ts'
import { type ConfigFile, Identity, makeVerifier, type ReloadedBy, Reloader, type ReloadTools } from './reload.ts'
import { hashOfConfig, Settings } from './settings.ts'
import { StatusReport } from './status.ts'
import { type CertificateState, Certificates } from './tls/index.ts'

export interface Gateway {
  /** Where drivers reach it: the first listener. */
  readonly url: string
  readonly opsUrl: string
  /** All listeners, in the order of the configuration. */
  readonly listeners: { readonly driver: readonly string[]; readonly ops: readonly string[] }
  /**
   * Drains and stops: nothing new is begun, running statements may end within `limits.drain`, the record is closed.
   * Sessions are kept for the next process, with what still runs in them, unless they are to end.
   */
  close(reason?: string, sessions?: 'keep' | 'end'): Promise<void>
  /** Reads the configuration again: all of it holds from then on, or nothing changes and the answer says why. */
  reload(by: ReloadedBy): Promise<ReloadJson>
}

export interface GatewayTools {
  readonly clock?: Clock
  readonly ids?: Ids
  readonly log?: Log
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The journal's own file operations. */
  readonly files?: JournalFiles
  /** The file that the configuration was read from, for a reload. */
  readonly configFile?: ConfigFile
}

const VERSION = '0.1.0'

/** Rejects with the error of the part that could not start; what had been started is stopped. */
export async function startGateway(config: Config, tools: GatewayTools = {}): Promise<Gateway> {
  const { clock = systemClock, ids = randomIds, environment = process.env, files = nodeFiles } = tools
  const ownLog = tools.log === undefined ? createLog(config.log.level, process.stderr) : null
  const log = tools.log ?? ownLog ?? silentLog
  const settings = new Settings(config)
  const started = new Started()
  try {
    const listeners = mapListeners(config, () => settings.config)
    const kept = mapCertificates([...listeners.driver, ...listeners.ops])
    const certificates = await Certificates.open(kept, { clock, log, sources: { environment } })
    started.add(() => certificates.close())
    const kek = await loadKek(config.recording.key, { environment })
    const recording = await openRecord(config, kek, { clock, ids, log, files }, started)
    const upstream = createSnowflakeConnector(
      await mapConnections(config, { environment }),
      { clock, ids, log },
      {
        ...DEFAULT_SNOWFLAKE_OPTIONS,
        get maxAnswerBytes() {
          return settings.config.limits.envelope
        },
      },
    )
    started.add(() => upstream.close())
    await recording.journal.append({
      type: 'gateway.started',
      session: null,
      facts: { version: VERSION, config: hashOfConfig(config), pid: process.pid },
    })
    const reloading = {
      configFile: tools.configFile ?? null,
      environment,
      setLogLevel: (level: Config['log']['level']) => ownLog?.setLevel(level),
    }
    const basics = { clock, ids, log, files }
    const parts = { recording, upstream, listeners, certificates }
    return await openDoors(settings, kek, parts, reloading, basics, started)
  } catch (error) {
    await started.stop()
    throw error
  }
}

interface Basics {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly files: JournalFiles
}

interface Recording {
  readonly journal: Journal
  readonly index: RecordingIndex
  readonly reader: JournalReader
  readonly past: Past
  readonly check: JournalCheck
}

interface Parts {
  readonly recording: Recording
  readonly upstream: SnowflakeConnector
  readonly listeners: ReturnType<typeof mapListeners>
  readonly certificates: Certificates
}

async function openRecord(config: Config, kek: KeyObject, basics: Basics, started: Started): Promise<Recording> {
  const { journal: folder, index: path } = recordFolders(config.data)
  const { segment_size, ballast, low_water } = config.recording
  const limits = { segmentBytes: segment_size, ballastBytes: ballast, lowWaterBytes: low_water }
  const journal = await openJournal({ folder, kek, clock: basics.clock, ids: basics.ids, limits, files: basics.files })
  started.add(() => journal.close())
  const reader = new JournalReader({ folder, kek })
  const index = await RecordingIndex.open({ path, reader, clock: basics.clock })
  started.add(() => index.close())
  const unsubscribe = journal.subscribe((events) => index.feed(events))
  started.add(async () => unsubscribe())
  const check = new JournalCheck({ journal, folder, kek, log: basics.log })
  started.add(() => check.close())
  return { journal, index, reader, past: recordedPast(index.database, reader), check }
}

async function openDoors(
  settings: Settings,
  kek: KeyObject,
  { recording, upstream, listeners, certificates }: Parts,
  reloading: Pick<ReloadTools, 'configFile' | 'environment' | 'setLogLevel'>,
  basics: Basics,
  started: Started,
): Promise<Gateway> {
  const { journal, index, reader, past, check } = recording
  const { data } = settings.config
  const limits = settings.limits()
  const { clock, ids, log, files } = basics
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
  const answers = new AnswerMemory(() => limits.answers_in_memory, { recorder: journal, clock, log })
  const registry = new SessionRegistry(
    { recorder: journal, tokens, links, answers, sealer, clock, log },
    settings.sessions(),
  )
  const refusals = new Refusals({ recorder: journal, clock, log }, DEFAULT_REFUSAL_LIMITS)
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
    settings.gate(),
  )
  const checker = createChunkChecker({
    threads: Math.max(1, availableParallelism() - 1),
    waitingBytes: CHECK_WAITING_BYTES,
  })
  started.add(() => checker.close())

  await resumeSessions({ past, upstream, access, sealer, registry, handles, gate, recorder: journal, clock, log })
  const linkRecall = new LinkRecall({ past, registry, links, clock })
  const state = new Lifecycle()
  const verifier: TokenVerifier = { verify: (token) => identity.current.verify(token) }
  const logInTools = { verifier, access, upstream, recorder: journal, registry, sealer, refusals, clock, ids, log }
  const driverDoor = createDriverDoor(
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
        recall: (token, key) => linkRecall.recall(token, key),
        clock,
        ids,
      },
      clock,
      ids,
      log,
    },
    {
      bodies: settings.bodies(),
      get bodiesInMemory() {
        return limits.request_bodies_in_memory
      },
      get hold() {
        return limits.hold
      },
      retryWindow: RETRY_WINDOW_MS,
      get proxies() {
        return mapProxies(settings.config)
      },
    },
  )
  const drivers: Listener[] = []
  const note = (to: Listener[]) => ({
    certificates,
    clock,
    onOpen: (listener: Listener): void => {
      to.push(listener)
      started.add(() => listener.close())
    },
  })
  const readiness = (): Readiness => state.readiness(journal.failure(), check.reasons(), certificates.states())
  const driver = await openListeners(
    listeners.driver,
    { register: driverDoor, refuse: (error, socket) => refuseUnreadable(error, socket, refusals) },
    note(drivers),
  )
  const ops = await openListeners(listeners.ops, { register: (app) => registerOpsDoor(app, { readiness }) }, note([]))
  const reloader = new Reloader({
    ...reloading,
    settings,
    identity,
    upstream,
    access,
    registry,
    recorder: journal,
    clock,
    log,
  })
  const reload = async (by: ReloadedBy): Promise<ReloadJson> => {
    await certificates.reload()
    return reloader.reload(by)
  }
  const { journal: journalFolder, index: indexPath, operatorSocket } = recordFolders(data)
  const status = new StatusReport({
    version: VERSION,
    settings,
    recorder: journal,
    registry,
    upstream,
    identity,
    index,
    clock,
    listeners: () => [
      ...driver.map((address) => ({ door: 'driver', address })),
      ...ops.map((address) => ({ door: 'ops', address })),
      { door: 'operator', address: operatorSocket },
    ],
    readiness,
    certificates: () => certificates.states(),
    isDraining: () => state.isDraining,
    loaded: () => reloader.loaded,
    freeBytes: () => files.freeBytes(journalFolder),
  })
  const operator = await listenOnSocket(operatorSocket, (app) =>
    registerOperatorDoor(app, {
      recorder: journal,
      registry,
      record: recordingsOf(index, reader),
      subscribe: (listener) => journal.subscribe((events) => listener(events.map(({ event }) => event))),
      status: () => status.make(),
      reload,
      rebuildIndex: async () => {
        const begun = clock.monotonic()
        const events = await index.rebuild()
        return { index: indexPath, events, online: true, durationMs: Math.round(clock.monotonic() - begun) }
      },
      checkConnections: () => checkConnections(settings.config, upstream, { clock, version: VERSION }),
      ids,
      log,
    }),
  )
  started.add(() => operator.close())
  void check.start()
  log.info('gateway.started', { driver, ops, data })

  const drain = async (reason: string, sessions: 'keep' | 'end'): Promise<void> => {
    state.close()
    gate.drain()
    const deadline = clock.monotonic() + limits.drain
    while (registry.openStatements() > 0 && clock.monotonic() < deadline) await delay(clock, DRAIN_LOOK_MS)
    if (sessions === 'end') await registry.endAll(reason)
    else gate.suspend()
    await Promise.all(drivers.map((listener) => listener.close()))
    await operator.close()
    await journal.append({ type: 'gateway.stopped', session: null, facts: { reason } })
    await started.stop()
    log.info('gateway.stopped', { reason })
  }
  let draining: Promise<void> | null = null
  return {
    url: driver[0],
    opsUrl: ops[0],
    listeners: { driver, ops },
    close(reason = 'shutdown', sessions = 'keep') {
      draining ??= drain(reason, sessions)
      return draining
    },
    reload,
  }
}

/** Handles kept at a time: 24 hours of a busy gateway. */
const HANDLES = 1_000_000
const CHECK_WAITING_BYTES = 4 * 1024 * 1024
const DRAIN_LOOK_MS = 50
/**
 * The most impatient driver gives up after about 10 s (driver-protocol.md#http-statuses-and-retries): by then it shall
 * have a final error.
 */
const RETRY_WINDOW_MS = 8_000

class Lifecycle {
  #open = true

  get isDraining(): boolean {
    return !this.#open
  }

  close(): void {
    this.#open = false
  }

  assertOpen(): void {
    if (!this.#open) throw new IcecoreError('ICE_DRAINING')
  }

  readiness(
    recorderFailure: string | null,
    damages: readonly string[],
    certificates: readonly CertificateState[],
  ): Readiness {
    const reasons = [
      ...(this.#open ? [] : ['Icecore is shutting down']),
      ...(recorderFailure === null ? [] : [`nothing can be recorded: ${recorderFailure}`]),
      ...damages,
      ...certificates.flatMap(({ failure }) => failure ?? []),
    ]
    return { ready: reasons.length === 0, reasons, warnings: certificates.flatMap(({ warnings }) => warnings) }
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
