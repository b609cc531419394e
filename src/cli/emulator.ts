import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { EmulatorJson } from '../api-schema/index.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, writeJson, writeLine } from './context.ts'
import { loadPart } from './load-part.ts'
import type { Finish } from './main.ts'
import { collect, decimal, port, wholeNumber } from './parse-options.ts'
import { reportError } from './report-error.ts'
import { untilSignal } from './until-signal.ts'

interface EmulatorCommandOptions {
  readonly port: number
  readonly init?: string
  readonly seed: number
  readonly scale: number
  readonly fault?: readonly string[]
  readonly json?: true
}

/** What this command uses of `emulator/index.ts`. */
interface EmulatorPart {
  startEmulator(options: Readonly<Record<string, unknown>>): Promise<{
    readonly url: string
    readonly storageUrl: string
    readonly account: string
    close(): Promise<void>
  }>
  /** Throws a RangeError with a text for the user. */
  parseFault(text: string): unknown
}

const USER = 'EMULATOR'

export function addEmulatorCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('emulator')
    .description('run the Snowflake-compatible warehouse of the demo and the tests on loopback')
    .option('--port <number>', 'port of the account; 0 takes a free one', port, 0)
    .option('--init <file.sql>', 'Snowflake SQL to run at start')
    .option('--seed <number>', 'seed of the invented data', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--scale <number>', 'TPC-H scale factor; 0 leaves TPC-H out', decimal(0, 10), 0.01)
    .option('--fault <name[=value]>', 'something to do wrong on purpose; may be given again', collect)
    .option('--json', 'print one JSON object once ready')
    .addHelpText('after', '\nExample:\n  $ icecore emulator --port 8086 --init schema.sql')
    .action((options: EmulatorCommandOptions) => finish(runEmulator(context, options)))
}

async function runEmulator(context: CliContext, options: EmulatorCommandOptions): Promise<number> {
  const part = await loadPart<EmulatorPart>(context, 'emulator', '../../emulator/index.ts')
  if (part === null) return EXIT.failed
  const initSql = options.init === undefined ? null : await readInit(context, options.init)
  if (initSql === undefined) return EXIT.failed
  const faults: unknown[] = []
  for (const text of options.fault ?? []) {
    try {
      faults.push(part.parseFault(text))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      reportError(context, error.message)
      return EXIT.usage
    }
  }
  const stop = untilSignal()
  const password = randomBytes(18).toString('base64url')
  const { port, seed, scale } = options
  const users = [{ name: USER, password, roles: ['ACCOUNTADMIN', 'SYSADMIN', 'ANALYST'] }]
  const settings = { port, seed, tpchScale: scale, initSql, faults, users }
  const emulator = await part.startEmulator(settings).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'SqlError')) throw error
    reportError(context, `the SQL to start with failed: ${error.message.replaceAll('\n', ' ')}`)
    return null
  })
  if (emulator === null) return EXIT.failed
  try {
    const { url, storageUrl: storage, account } = emulator
    const ready = { url, storage, account, user: USER, password, pid: process.pid }
    if (options.json) await writeJson<EmulatorJson>(context.out, ready)
    else
      for (const [name, value] of Object.entries(ready))
        await writeLine(context.out, `${name.padEnd(9)} ${safeLine(String(value))}`)
    await stop
    return EXIT.ok
  } finally {
    await emulator.close()
  }
}

/** The SQL of a file; undefined, and said so, where it cannot be read. */
async function readInit(context: CliContext, file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    reportError(context, `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
    return undefined
  }
}
