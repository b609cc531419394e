import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadKek } from '../adapters/secrets/index.ts'
import {
  openRecordings,
  type Reading,
  type RecordedSessions,
  type Recordings,
  readingOf,
  recordFolders,
  type SessionSummary,
} from '../adapters/store/index.ts'
import type { ReadingForm } from '../api-schema/index.ts'
import { keepProcess } from '../lib/clock.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT } from './context.ts'
import { openLiveReading } from './operator/live-reading.ts'
import { liveRecordings } from './operator/live-recordings.ts'
import { OperatorClient } from './operator/operator-client.ts'
import { findRecordedSession } from './replay/find-session.ts'
import { reportError } from './report-error.ts'
import { useConfig } from './use-config.ts'

/** The options by which every command that reads the record finds it. */
export interface RecordOptions {
  readonly config?: string
  readonly store?: string
  readonly data?: string
  readonly key?: string
}

export function addRecordOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file that names the data folder and the key')
    .option('--store <folder>', 'read this data folder offline')
    .option('--data <folder>', 'the same as --store')
    .option('--key <file|reference>', 'key-encryption key: a file, or ${env:NAME}, ${file:PATH} or ${exec:COMMAND}')
}

export const RECORD_HELP =
  '\nThe data folder is that of the configuration ($ICECORE_CONFIG, else ./icecore.yaml). An Icecore that runs there is asked, and puts on record that it was. --store reads a folder or a copy of it offline: that needs the key (--key, or the icecore.yaml in that folder), and leaves no trace on record.\n'

/**
 * Runs with the sessions of the Icecore that runs in the data folder, where one does and the folder itself was not named;
 * else with those of the folder. Yields an exit code, also where the config has problems.
 */
export function withRecordedSessions(
  context: CliContext,
  options: RecordOptions,
  run: (recordings: RecordedSessions) => Promise<number>,
): Promise<number> {
  return withRecord(context, options, (client) => run(liveRecordings(client)), run)
}

export interface OpenedReading {
  readonly session: SessionSummary
  readonly reading: Reading
  /** The data folder that it is on record in. */
  readonly folder: string
}

/** The same with one session of it, to be watched. A running Icecore has on record as what, before it gives any of it. */
export function withReading(
  context: CliContext,
  options: RecordOptions,
  { named, form }: { readonly named: string; readonly form: ReadingForm },
  run: (opened: OpenedReading) => Promise<number>,
): Promise<number> {
  return withRecord(
    context,
    options,
    async (client, folder) => {
      const session = await findRecordedSession(liveRecordings(client), named)
      const reading = await openLiveReading(client, session.id, form)
      // Between questions nothing else keeps the process, which may wait for what a session does next.
      const letGo = keepProcess()
      try {
        return await run({ session, reading, folder })
      } finally {
        letGo()
      }
    },
    async (recordings, folder) => {
      const session = await findRecordedSession(recordings, named)
      return run({ session, reading: readingOf(recordings, session.id), folder })
    },
  )
}

function withRecord(
  context: CliContext,
  options: RecordOptions,
  online: (client: OperatorClient, folder: string) => Promise<number>,
  offline: (recordings: Recordings, folder: string) => Promise<number>,
): Promise<number> {
  return withPlace(context, options, async (place) => {
    const folder = safeLine(place.folder)
    const client = new OperatorClient(place.folder)
    if (!place.named && (await client.isRunning())) return online(client, place.folder)
    const said = place.named ? `reading ${folder}` : `no gateway is running in ${folder}: reading its record`
    context.err.write(`${said} offline, with its key; that leaves no trace on record\n`)
    return readFolder(context, place, (recordings) => offline(recordings, place.folder))
  })
}

/** Finds the record, and says so where there is none. */
export async function withPlace(
  context: CliContext,
  options: RecordOptions,
  run: (place: RecordPlace) => Promise<number>,
): Promise<number> {
  const place = await findRecord(context, options)
  if (typeof place === 'number') return place
  if (await isThere(recordFolders(place.folder).journal)) return run(place)
  reportError(
    context,
    `there is no record in ${place.folder}`,
    'a gateway makes one when it starts; --data names another folder',
  )
  return EXIT.failed
}

async function readFolder(
  { environment }: CliContext,
  { folder, key }: RecordPlace,
  run: (recordings: Recordings) => Promise<number>,
): Promise<number> {
  const recordings = await openRecordings({ folder, kek: await loadKek(key, { environment }) })
  try {
    return await run(recordings)
  } finally {
    await recordings.close()
  }
}

export interface RecordPlace {
  readonly folder: string
  readonly key: string
  /** The folder itself was named, to be read without the Icecore that may run there. */
  readonly named: boolean
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function findRecord(
  context: CliContext,
  { config: named, store, data, key }: RecordOptions,
): Promise<RecordPlace | number> {
  const folder = store ?? data
  const reference = key === undefined || key.startsWith('${') ? key : `\${file:${resolve(key)}}`
  if (folder !== undefined && reference !== undefined) return { folder: resolve(folder), key: reference, named: true }
  // A data folder may hold the configuration it belongs to, as the demo's does.
  const beside = folder === undefined ? undefined : join(resolve(folder), 'icecore.yaml')
  if (beside !== undefined && named === undefined && !(await isThere(beside))) {
    reportError(context, `there is no icecore.yaml in ${folder} that would name the key`, 'give --key or --config, too')
    return EXIT.failed
  }
  const config = await useConfig(context, named ?? beside)
  if (typeof config === 'number') return config
  return {
    folder: folder === undefined ? config.data : resolve(folder),
    key: reference ?? config.recording.key,
    named: folder !== undefined,
  }
}
