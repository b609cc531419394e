import type { Command } from 'commander'
import { loadKek } from '../adapters/secrets/index.ts'
import { rebuildIndex, recordFolders } from '../adapters/store/index.ts'
import { type IndexRebuildJson, indexRebuildSchema } from '../api-schema/index.ts'
import { systemClock } from '../lib/clock.ts'
import { formatDuration } from '../lib/format.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, writeJson, writeLine } from './context.ts'
import type { Finish } from './main.ts'
import { addRecordOptions, type RecordOptions, type RecordPlace, withPlace } from './open-record.ts'
import { OperatorClient } from './operator/operator-client.ts'
import { plural } from './use-config.ts'

type RebuildOptions = RecordOptions & { readonly json?: true }

export function addIndexCommands(program: Command, context: CliContext, finish: Finish): void {
  const index = program.command('index').description('the index of the record')
  addRecordOptions(index.command('rebuild'))
    .description('make the index anew from the journal, which alone is the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nA gateway that runs in the data folder does it itself, and answers meanwhile. Without one it is done here, with the key.\n\nExample:\n  $ icecore index rebuild',
    )
    .action((options: RebuildOptions) => finish(rebuild(context, options)))
}

function rebuild(context: CliContext, options: RebuildOptions): Promise<number> {
  return withPlace(context, options, async (place) => {
    const client = new OperatorClient(place.folder)
    const online = await client.isRunning()
    if (!online)
      context.err.write(`no gateway is running in ${safeLine(place.folder)}: it is done offline, with its key\n`)
    const done = online ? await client.post('/v1/index/rebuild', indexRebuildSchema) : await rebuildHere(context, place)
    if (options.json) await writeJson<IndexRebuildJson>(context.out, done)
    else
      await writeLine(
        context.out,
        `${safeLine(done.index)}: ${plural(done.events, 'event')} in ${formatDuration(done.durationMs)}`,
      )
    return EXIT.ok
  })
}

async function rebuildHere({ environment }: CliContext, { folder, key }: RecordPlace): Promise<IndexRebuildJson> {
  const begun = systemClock.monotonic()
  const events = await rebuildIndex({ folder, kek: await loadKek(key, { environment }) })
  const durationMs = Math.round(systemClock.monotonic() - begun)
  return { index: recordFolders(folder).index, events, online: false, durationMs }
}
