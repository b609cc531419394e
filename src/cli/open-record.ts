import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadKek } from '../adapters/secrets/index.ts'
import { openRecordings, type RecordedSessions, type Recordings, recordFolders } from '../adapters/store/index.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT } from './context.ts'
import { liveRecordings } from './operator/live-recordings.ts'
import { OperatorClient } from './operator/operator-client.ts'
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
  '\nThe record is found by the configuration ($ICECORE_CONFIG, else ./icecore.yaml), or by --store, with --key or with the icecore.yaml in that folder. It can be read while the gateway runs, and on a copy.\n'

export const SESSIONS_HELP =
  '\nThe data folder is that of the configuration ($ICECORE_CONFIG, else ./icecore.yaml). An Icecore that runs there is asked, and puts on record that it was. --store reads a folder or a copy of it offline, and needs the key: --key, or the icecore.yaml in that folder.\n'

/** Runs with the recordings of a data folder open, and closes them. Yields an exit code, also where the config has problems. */
export function withRecordings(
  context: CliContext,
  options: RecordOptions,
  run: (recordings: Recordings, folder: string) => Promise<number>,
): Promise<number> {
  return withPlace(context, options, async (place) => {
    if (place.named) context.err.write(`reading ${safeLine(place.folder)} offline, with its key\n`)
    return readFolder(context, place, (recordings) => run(recordings, place.folder))
  })
}

/** The same with the sessions of a running Icecore, where one runs in the folder and the folder itself was not named. */
export function withRecordedSessions(
  context: CliContext,
  options: RecordOptions,
  run: (recordings: RecordedSessions) => Promise<number>,
): Promise<number> {
  return withPlace(context, options, async (place) => {
    const { folder, named } = place
    const client = new OperatorClient(folder)
    if (!named && (await client.isRunning())) return run(liveRecordings(client))
    const said = named
      ? `reading ${safeLine(folder)}`
      : `no gateway is running in ${safeLine(folder)}: reading its record`
    context.err.write(`${said} offline, with its key\n`)
    return readFolder(context, place, run)
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
