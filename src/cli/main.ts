import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { displayWidth, wrap } from '../lib/text/index.ts'
import { addCompletionCommand } from './completion.ts'
import { addConfigCommands } from './config.ts'
import { type CliContext, EXIT, OutputFailure, outputWidth, processContext } from './context.ts'
import { addDemoCommand } from './demo.ts'
import { addDoctorCommand } from './doctor.ts'
import { addEmulatorCommand } from './emulator.ts'
import { addIndexCommands } from './index-rebuild.ts'
import { addInitCommand } from './init.ts'
import { addReloadCommand } from './reload.ts'
import { addReplayCommand } from './replay.ts'
import { reportError, reportThrown } from './report-error.ts'
import { addSessionsCommands } from './sessions.ts'
import { addLiveSessionsCommands } from './sessions-live.ts'
import { addStartCommand } from './start.ts'
import { addStatusCommand } from './status.ts'

/** Runs one command line and resolves with the exit code: 0 ok, 1 failed, 2 usage, 3 problems found, 4 warnings found. */
export async function main(argv: readonly string[], context: CliContext = processContext()): Promise<number> {
  let failure: OutputFailure | null = null
  context.out.on('error', (error) => {
    failure ??= new OutputFailure(error)
  })
  // There is nowhere left to say that nothing can be said.
  context.err.on('error', () => {})
  const code = await run(argv, context)
  // What was written last has been taken, or has failed, when this is.
  await new Promise<void>((resolve) => context.out.write('', () => resolve()))
  return failure === null ? code : endOutput(context, failure)
}

async function run(argv: readonly string[], context: CliContext): Promise<number> {
  const { program, result } = createProgram(context)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return result()
  } catch (error) {
    // Which one it was, and what is said of it, the stream itself has told.
    if (error instanceof OutputFailure) return EXIT.failed
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    reportThrown(context, error)
    return EXIT.failed
  }
}

/** `icecore replay … | head` closes the pipe early, and that is no failure. */
function endOutput(context: CliContext, { code }: OutputFailure): number {
  if (code === 'EPIPE') return EXIT.ok
  reportError(context, `the output cannot be written (${code})`)
  return EXIT.failed
}

/** Hands the exit code of a command's run back to `main`. */
export type Finish = (run: Promise<number>) => Promise<void>

export function createProgram(context: CliContext): { readonly program: Command; result(): number } {
  let code: number = EXIT.ok
  const finish: Finish = async (run) => {
    code = await run
  }
  const program = new Command('icecore')
    .description('The recorded door between AI agents and Snowflake.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out.write(wrapHelp(text, helpWidth(context))),
      writeErr: (text) => context.err.write(text),
      outputError: (text) => reportUsage(context, text),
      getOutHelpWidth: () => helpWidth(context),
    })
    .addHelpText(
      'after',
      '\nExample:\n  $ icecore demo --once\n\nExit codes: 0 ok, 1 failed, 2 wrong usage, 3 problems found, 4 warnings found.',
    )
  addInitCommand(program, context, finish)
  addConfigCommands(program, context, finish)
  addStartCommand(program, context, finish)
  addStatusCommand(program, context, finish)
  addReloadCommand(program, context, finish)
  addDoctorCommand(program, context, finish)
  addDemoCommand(program, context, finish)
  addEmulatorCommand(program, context, finish)
  const sessions = addSessionsCommands(program, context, finish)
  addLiveSessionsCommands(sessions, context, finish)
  addReplayCommand(program, context, finish)
  addReplayCommand(sessions, context, finish)
  addIndexCommands(program, context, finish)
  addCompletionCommand(program, context, finish)
  return { program, result: () => code }
}

function helpWidth(context: CliContext): number {
  return Math.min(outputWidth(context), 100)
}

/** Commander wraps the lists of a help text, and not what stands below them. */
function wrapHelp(text: string, width: number): string {
  const lines = text.split('\n')
  return lines.flatMap((line) => (displayWidth(line) <= width ? [line] : wrap(line, width))).join('\n')
}

/** Commander's `error: unknown option '--sped'`, with `(Did you mean --speed?)` in a line of its own, in our manner. */
function reportUsage(context: CliContext, text: string): void {
  const [message = '', ...rest] = text.trim().split('\n')
  const suggestion = /\((did you mean.*)\)/i.exec(rest.join(' '))?.[1]
  reportError(context, message.replace(/^error: /, ''), suggestion ?? 'see icecore --help')
}

function readVersion(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string }
  return version
}
