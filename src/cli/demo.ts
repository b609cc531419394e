import type { Command } from 'commander'
import { type CliContext, EXIT } from './context.ts'
import { loadPart } from './load-part.ts'
import type { Finish } from './main.ts'
import { port, wholeNumber } from './parse-options.ts'

/** The flags of `icecore demo`, parsed. */
export interface DemoOptions {
  readonly json?: true
  /** 0 takes a free port. */
  readonly port: number
  /** Folder for everything the demo keeps; a new one that is removed at the end, where not named. */
  readonly data?: string
  /** Snowflake SQL file to run in the emulator at start. */
  readonly init?: string
  /** Configuration file that goes over the demo's own. */
  readonly config?: string
  /** A small agent does its work, its session is replayed, and the demo ends. */
  readonly once?: true
  readonly seed: number
}

interface DemoPart {
  runDemo(options: DemoOptions): Promise<number>
}

export function addDemoCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('demo')
    .description('run gateway, warehouse, identity provider and data in one process, to try Icecore out')
    .option('--once', 'let a small agent do its work, replay its session, and end')
    .option('--port <number>', 'port of the gateway; 0 takes a free one', port, 0)
    .option('--data <folder>', 'keep the record here (default: a new folder that goes at the end)')
    .option('--init <file.sql>', 'Snowflake SQL to run in the warehouse at start')
    .option('--config <file>', 'configuration that goes over the demo’s own')
    .option('--seed <number>', 'seed of the invented data', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--json', 'print one JSON object once ready')
    .addHelpText('after', '\nExample:\n  $ icecore demo --once')
    .action((options: DemoOptions) => finish(demo(context, options)))
}

async function demo(context: CliContext, options: DemoOptions): Promise<number> {
  const part = await loadPart<DemoPart>(context, 'demo', '../../demo/index.ts')
  return part === null ? EXIT.failed : part.runDemo(options)
}
