import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadKek } from '../adapters/secrets/index.ts'
import { openRecordings, type Recordings, recordFolders } from '../adapters/store/index.ts'
import { type CliContext, EXIT } from './context.ts'
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
    .option('--store <folder>', 'data folder, in place of the configuration’s')
    .option('--data <folder>', 'the same as --store')
    .option('--key <file|reference>', 'key-encryption key: a file, or ${env:NAME}, ${file:PATH} or ${exec:COMMAND}')
}

export const RECORD_HELP =
  '\nThe record is found by the configuration ($ICECORE_CONFIG, else ./icecore.yaml), or by --store, with --key or with\nthe icecore.yaml in that folder. It can be read while the gateway runs, and on a copy.\n'

/** Runs with the recordings open, and closes them. Yields an exit code, also where the config has problems. */
export async function withRecordings(
  context: CliContext,
  options: RecordOptions,
  run: (recordings: Recordings) => Promise<number>,
): Promise<number> {
  const place = await findRecord(context, options)
  if (typeof place === 'number') return place
  if (!(await isThere(recordFolders(place.folder).journal))) {
    reportError(
      context,
      `there is no record in ${place.folder}`,
      'a gateway makes one when it starts; --data names another folder',
    )
    return EXIT.failed
  }
  const kek = await loadKek(place.key, { environment: context.environment })
  const recordings = await openRecordings({ folder: place.folder, kek })
  try {
    return await run(recordings)
  } finally {
    await recordings.close()
  }
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
): Promise<{ readonly folder: string; readonly key: string } | number> {
  const folder = store ?? data
  const reference = key === undefined || key.startsWith('${') ? key : `\${file:${resolve(key)}}`
  if (folder !== undefined && reference !== undefined) return { folder: resolve(folder), key: reference }
  // A data folder may hold the configuration it belongs to, as the demo's does.
  const beside = folder === undefined ? undefined : join(resolve(folder), 'icecore.yaml')
  if (beside !== undefined && named === undefined && !(await isThere(beside))) {
    reportError(context, `there is no icecore.yaml in ${folder} that would name the key`, 'give --key or --config, too')
    return EXIT.failed
  }
  const config = await useConfig(context, named ?? beside)
  if (typeof config === 'number') return config
  return { folder: folder === undefined ? config.data : resolve(folder), key: reference ?? config.recording.key }
}
