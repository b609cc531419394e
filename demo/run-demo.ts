import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DemoJson } from '../src/api-schema/index.ts'
import { type CliContext, EXIT, outputWidth, processContext, writeJson, writeLine } from '../src/cli/context.ts'
import type { DemoOptions } from '../src/cli/demo.ts'
import { main } from '../src/cli/main.ts'
import { reportError } from '../src/cli/report-error.ts'
import { untilSignal } from '../src/cli/until-signal.ts'
import { useLoadedConfig } from '../src/cli/use-config.ts'
import { delay, systemClock } from '../src/lib/clock.ts'
import { wrap } from '../src/lib/text/index.ts'
import { runAgent } from './agent.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { DEMO_CONNECTION } from './demo-config.ts'
import { DemoProblem } from './demo-problem.ts'
import { describeDemo, introduceAgent, introduceReplay, sayGoodbye, suggestNext } from './describe-demo.ts'
import { UnreadableConfig } from './merge-config.ts'
import { DEMO_PRINCIPALS } from './principals.ts'
import { agentEnvironment, readyLine } from './ready-line.ts'
import { type Demo, startDemo } from './start-demo.ts'

const INDENT = '  '
const THINKING_MS = 700

/** Runs the demo until a signal, or with `once` until its agent's session has been replayed. Resolves with the exit code. */
export async function runDemo(options: DemoOptions, context: CliContext = processContext()): Promise<number> {
  // Before anything is started, so that an early Ctrl-C, too, closes all of it.
  const stop = untilSignal()
  // The one object is all that a machine gets to read on standard output.
  const shown: CliContext = options.json ? { ...context, out: context.err, paintOut: context.paintErr } : context
  const say = (line: string): Promise<void> => writeLine(shown.out, line)
  let folder: DataFolder | null = null
  let demo: Demo | null = null
  try {
    const initSql = (await readNamed(options.init))?.text ?? null
    const overlay = await readNamed(options.config)
    folder = await openDataFolder(options.data)
    demo = await startDemo({
      folder,
      port: options.port,
      seed: options.seed,
      initSql,
      overlay,
      useConfig: async (loaded) => {
        const config = await useLoadedConfig(context, loaded)
        return typeof config === 'number' ? null : config
      },
      say: (line) => void context.err.write(`${line}\n`),
    })
    if (demo === null) return EXIT.problems
    const ready = await readyLine(demo, folder)
    await writeFile(folder.agentFile, agentEnvironment(ready), { mode: 0o600 })
    if (options.json) await writeJson<DemoJson>(context.out, ready)
    const kept = options.data !== undefined
    if (options.once) {
      for (const line of introduceAgent(ready, folder, kept, shown.paintOut)) await say(line)
      return await Promise.race([showOnce(demo, folder, shown, say), stop.then(() => EXIT.ok)])
    }
    for (const line of describeDemo(ready, folder, kept, shown.paintOut)) await say(line)
    await stop
    await demo.close()
    context.err.write(`${sayGoodbye(folder, kept)}\n`)
    return EXIT.ok
  } catch (error) {
    if (error instanceof UnreadableConfig) {
      await useLoadedConfig(context, { ok: false, file: error.file, problems: error.problems })
      return EXIT.problems
    }
    if (!(error instanceof DemoProblem)) throw error
    reportError(context, error.message)
    return EXIT.failed
  } finally {
    await demo?.close()
    await folder?.close()
  }
}

async function readNamed(file: string | undefined): Promise<{ readonly file: string; readonly text: string } | null> {
  return file === undefined ? null : { file: resolve(file), text: await readFile(file, 'utf8') }
}

async function showOnce(
  demo: Demo,
  folder: DataFolder,
  context: CliContext,
  say: (line: string) => Promise<void>,
): Promise<number> {
  const agent = DEMO_PRINCIPALS.find(({ kind }) => kind === 'agent')
  const token = await demo.identityProvider.sign(agent?.claims ?? {})
  await runAgent({
    gateway: demo.gateway.url,
    connection: DEMO_CONNECTION,
    token,
    say: async (line) => {
      const [first = '', ...others] = wrap(line, outputWidth(context) - 2 * INDENT.length)
      await say(`${INDENT}${first}`.trimEnd())
      for (const other of others) await say(`${INDENT}${INDENT}${other}`)
    },
    // Where a person watches, the agent takes its time.
    think: () => (context.out.isTTY ? delay(systemClock, THINKING_MS) : Promise.resolve()),
  })
  for (const line of introduceReplay(context.paintOut)) await say(line)
  const code = await main(['replay', 'last', '--no-wait', '--config', folder.configFile], context)
  for (const line of suggestNext(context.paintOut)) await say(line)
  return code
}
