/** The doors of a gateway, opened over its gate: for drivers, for whoever watches it, and for who runs it. */
import { availableParallelism } from 'node:os'
import type { SnowflakeConnector } from '../adapters/snowflake/index.ts'
import { recordFolders } from '../adapters/store/index.ts'
import { createChunkChecker } from '../adapters/workers/index.ts'
import { createDriverDoor, refuseUnreadable } from '../doors/driver/index.ts'
import { registerOperatorDoor } from '../doors/operator/index.ts'
import { registerOpsDoor } from '../doors/ops/index.ts'
import { checkConnections } from './check-connections.ts'
import type { Basics, Lifecycle, Started } from './lifecycle.ts'
import type { Listener } from './listener.ts'
import type { GateParts } from './make-gate.ts'
import { type mapListeners, mapProxies } from './map-config.ts'
import { openListeners } from './open-listeners.ts'
import type { OpenRecord } from './open-record.ts'
import { listenOnSocket } from './operator-socket.ts'
import { Reloader, type ReloadTools } from './reload.ts'
import type { Settings } from './settings.ts'
import { settledRecord } from './settled-record.ts'
import { StatusReport } from './status.ts'
import type { Certificates } from './tls/index.ts'

export interface DoorParts {
  readonly settings: Settings
  readonly record: OpenRecord
  readonly upstream: SnowflakeConnector
  readonly gate: GateParts
  readonly listeners: ReturnType<typeof mapListeners>
  readonly certificates: Certificates
  readonly state: Lifecycle
  readonly reloading: Pick<ReloadTools, 'configFile' | 'environment' | 'setLogLevel'>
}

export interface OpenDoors {
  /** Addresses of the listeners, in the order of the configuration. */
  readonly driver: readonly [string, ...string[]]
  readonly ops: readonly [string, ...string[]]
  readonly reload: Reloading
  /** Closes those through which work comes; health is told until the end. */
  close(): Promise<void>
}

type Reloading = (by: Parameters<Reloader['reload']>[0]) => ReturnType<Reloader['reload']>

/**
 * The most impatient driver gives up after about 10 s (driver-protocol.md#http-statuses-and-retries): by then it shall
 * have a final error.
 */
const RETRY_WINDOW_MS = 8_000
const CHECK_WAITING_BYTES = 4 * 1024 * 1024

/** Rejects with ICE_LISTEN_FAILED or ICE_OPERATOR_SOCKET; what was opened before is among what was started. */
export async function openDoors(parts: DoorParts, basics: Basics, started: Started): Promise<OpenDoors> {
  const { record, gate, listeners, certificates, state } = parts
  const { clock } = basics
  const drivers: Listener[] = []
  const note = (to: Listener[]) => ({
    certificates,
    clock,
    onOpen: (listener: Listener): void => {
      to.push(listener)
      started.add(() => listener.close())
    },
  })
  const readiness = () => state.readiness(record.journal.failure(), record.check.reasons(), certificates.states())
  const driver = await openListeners(
    listeners.driver,
    {
      register: makeDriverDoor(parts, basics, started),
      refuse: (error, socket) => refuseUnreadable(error, socket, gate.refusals),
    },
    note(drivers),
  )
  const ops = await openListeners(listeners.ops, { register: (app) => registerOpsDoor(app, { readiness }) }, note([]))
  const addresses = [
    ...driver.map((address) => ({ door: 'driver', address })),
    ...ops.map((address) => ({ door: 'ops', address })),
  ]
  const { reload, close } = await openOperatorDoor(parts, { addresses, readiness }, basics)
  started.add(close)
  return {
    driver,
    ops,
    reload,
    close: async () => {
      await Promise.all(drivers.map((listener) => listener.close()))
      await close()
    },
  }
}

function makeDriverDoor(
  { settings, record, gate: parts }: DoorParts,
  basics: Basics,
  started: Started,
): ReturnType<typeof createDriverDoor> {
  const { clock, ids, log } = basics
  const { gate, registry, refusals, links, linkRecall } = parts
  const limits = settings.limits()
  const checker = createChunkChecker({
    threads: Math.max(1, availableParallelism() - 1),
    waitingBytes: CHECK_WAITING_BYTES,
  })
  started.add(() => checker.close())
  const chunks = {
    recorder: record.journal,
    checker,
    links,
    recall: (...link: Parameters<typeof linkRecall.recall>) => linkRecall.recall(...link),
    clock,
    ids,
  }
  return createDriverDoor(
    { gate, registry, refusals, logIn: (request) => parts.logIn(request), chunks, clock, ids, log },
    {
      bodies: settings.bodies(),
      get bodiesInMemory() {
        return limits.request_bodies_in_memory
      },
      get hold() {
        return limits.hold
      },
      get stoppedReader() {
        return limits.stopped_reader
      },
      retryWindow: RETRY_WINDOW_MS,
      get proxies() {
        return mapProxies(settings.config)
      },
    },
  )
}

interface OperatorView {
  readonly addresses: readonly { readonly door: string; readonly address: string }[]
  readonly readiness: () => ReturnType<Lifecycle['readiness']>
}

async function openOperatorDoor(
  { settings, record, upstream, gate, certificates, state, reloading }: DoorParts,
  { addresses, readiness }: OperatorView,
  { clock, ids, log, files, version }: Basics,
): Promise<Pick<OpenDoors, 'reload' | 'close'>> {
  const { journal: recorder, index, reader } = record
  const { registry, identity, access, own } = gate
  const folders = recordFolders(settings.config.data)
  const reloader = new Reloader({
    ...reloading,
    settings,
    identity,
    upstream,
    access,
    registry,
    recorder,
    clock,
    log,
  })
  const reload: Reloading = async (by) => {
    await certificates.reload()
    return reloader.reload(by)
  }
  const status = new StatusReport({
    version,
    settings,
    recorder,
    registry,
    upstream,
    identity,
    index,
    clock,
    listeners: () => [...addresses, { door: 'operator', address: folders.operatorSocket }],
    readiness,
    certificates: () => certificates.states(),
    isDraining: () => state.isDraining,
    loaded: () => reloader.loaded,
    freeBytes: () => files.freeBytes(folders.journal),
  })
  const socket = await listenOnSocket(folders.operatorSocket, (app) =>
    registerOperatorDoor(app, {
      recorder,
      registry,
      record: settledRecord(index, reader),
      subscribe: (listener) => recorder.subscribe((events) => listener(events.map(({ event }) => event))),
      status: () => status.make(),
      reload,
      rebuildIndex: async () => {
        const begun = clock.monotonic()
        const events = await index.rebuild()
        const durationMs = Math.round(clock.monotonic() - begun)
        return { index: folders.index, events, online: true, durationMs }
      },
      checkConnections: () => checkConnections(Object.keys(settings.config.connections), own, clock),
      ids,
      log,
    }),
  )
  return { reload, close: () => socket.close() }
}
