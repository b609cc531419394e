/**
 * The composition root: every part of a running Icecore is made here, in the order in which they stand on each other, and
 * closed in the opposite one. The record first (open-record.ts), then the gate (make-gate.ts), the doors last
 * (open-doors.ts); how it ends is in lifecycle.ts.
 */
import { type JournalFiles, nodeFiles } from '../adapters/journal/index.ts'
import { loadKek } from '../adapters/secrets/index.ts'
import {
  createSnowflakeConnector,
  DEFAULT_SNOWFLAKE_OPTIONS,
  type SnowflakeConnector,
} from '../adapters/snowflake/index.ts'
import { createLog } from '../adapters/telemetry/index.ts'
import type { ReloadJson } from '../api-schema/index.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { type Ids, randomIds } from '../lib/ids.ts'
import { type Log, silentLog } from '../lib/log.ts'
import type { Config } from './config/index.ts'
import { type Basics, drain, Lifecycle, Started } from './lifecycle.ts'
import { makeGate } from './make-gate.ts'
import { mapCertificates, mapConnections, mapListeners } from './map-config.ts'
import { openDoors } from './open-doors.ts'
import { openRecord } from './open-record.ts'
import type { ConfigFile, ReloadedBy } from './reload.ts'
import { hashOfConfig, Settings } from './settings.ts'
import { Certificates } from './tls/index.ts'

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
  const { clock = systemClock, ids = randomIds, files = nodeFiles } = tools
  const ownLog = tools.log === undefined ? createLog(config.log.level, process.stderr) : null
  const log = tools.log ?? ownLog ?? silentLog
  const started = new Started()
  const basics = { clock, ids, log, files, version: VERSION }
  try {
    return await start(config, tools, (level) => ownLog?.setLevel(level), basics, started)
  } catch (error) {
    await started.stop()
    throw error
  }
}

async function start(
  config: Config,
  { environment = process.env, configFile }: GatewayTools,
  setLogLevel: (level: Config['log']['level']) => void,
  basics: Basics,
  started: Started,
): Promise<Gateway> {
  const { clock, log } = basics
  const settings = new Settings(config)
  const listeners = mapListeners(config, () => settings.config)
  const kept = mapCertificates([...listeners.driver, ...listeners.ops])
  const certificates = await Certificates.open(kept, { clock, log, sources: { environment } })
  started.add(() => certificates.close())
  const kek = await loadKek(config.recording.key, { environment })
  const record = await openRecord(config, kek, basics, started)
  const upstream = await openUpstream(settings, environment, basics)
  started.add(() => upstream.close())
  await record.journal.append({
    type: 'gateway.started',
    session: null,
    facts: { version: VERSION, config: hashOfConfig(config), pid: process.pid },
  })
  const state = new Lifecycle()
  const gate = await makeGate({ settings, kek, record, upstream, state }, basics)
  const reloading = { configFile: configFile ?? null, environment, setLogLevel }
  const parts = { settings, record, upstream, gate, listeners, certificates, state, reloading }
  const doors = await openDoors(parts, basics, started)
  void record.check.start()
  const { driver, ops } = doors
  log.info('gateway.started', { driver, ops, data: config.data })

  const stop = async (reason: string, sessions: 'keep' | 'end'): Promise<void> => {
    const patience = settings.config.limits.drain
    const { registry, own } = gate
    const draining = { state, gate: gate.gate, registry, own, recorder: record.journal, clock, patience }
    await drain({ ...draining, closeDoors: () => doors.close() }, reason, sessions)
    await started.stop()
    log.info('gateway.stopped', { reason })
  }
  let stopping: Promise<void> | null = null
  return {
    url: driver[0],
    opsUrl: ops[0],
    listeners: { driver, ops },
    close(reason = 'shutdown', sessions = 'keep') {
      stopping ??= stop(reason, sessions)
      return stopping
    },
    reload: doors.reload,
  }
}

async function openUpstream(
  settings: Settings,
  environment: NonNullable<GatewayTools['environment']>,
  { clock, ids, log }: Basics,
): Promise<SnowflakeConnector> {
  return createSnowflakeConnector(
    await mapConnections(settings.config, { environment }),
    { clock, ids, log },
    {
      ...DEFAULT_SNOWFLAKE_OPTIONS,
      get maxAnswerBytes() {
        return settings.config.limits.envelope
      },
    },
  )
}
