import type { Command } from 'commander'
import { connectionCheckSchema, type FindingJson, statusSchema } from '../api-schema/index.ts'
import { isIcecoreError } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { safeLine, wrap } from '../lib/text/index.ts'
import { findConfigFile, type LoadedConfig, loadConfig } from '../server/config/index.ts'
import { type CliContext, EXIT, outputWidth, writeJson, writeLine } from './context.ts'
import type { Finish } from './main.ts'
import { OperatorClient } from './operator/operator-client.ts'
import { plural } from './use-config.ts'

interface DoctorOptions {
  readonly config?: string
  readonly json?: true
}

const COLOURS = { ok: 'green', warning: 'yellow', problem: 'red', skipped: 'dim' } as const
const RESULT_WIDTH = 9

export function addDoctorCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('doctor')
    .description('look at everything that Icecore needs, and say what to mend')
    .option('-c, --config <file>', 'configuration file (default: $ICECORE_CONFIG, else ./icecore.yaml)')
    .option('--json', 'print JSON Lines, one object a finding')
    .addHelpText(
      'after',
      '\nClock, disk, keys, journal (read whole), index, certificates, issuers and connections. Where a gateway runs, it logs in with each connection, as itself and on record, asks who it is, and logs out again. Exit code by the worst: 0 ok, 4 warnings, 3 problems.\n\nExample:\n  $ icecore doctor --config /etc/icecore/icecore.yaml',
    )
    .action((options: DoctorOptions) => finish(doctor(context, options)))
}

async function doctor(context: CliContext, options: DoctorOptions): Promise<number> {
  const loaded = await loadConfig(findConfigFile(options.config, context.environment))
  const { examine } = await import('../server/doctor/index.ts')
  const { environment } = context
  const live = await askGateway(loaded)
  const counts = { ok: 0, warning: 0, problem: 0, skipped: 0 }
  for await (const finding of examine({ loaded, sources: { environment }, live, clock: systemClock })) {
    counts[finding.result] += 1
    if (options.json) await writeJson<FindingJson>(context.out, finding)
    else for (const line of renderFinding(context, finding)) await writeLine(context.out, line)
  }
  if (!options.json) {
    const { ok, warning, problem, skipped } = counts
    const parts = [plural(problem, 'problem'), plural(warning, 'warning'), `${skipped} skipped`, `${ok} ok`]
    await writeLine(context.out, parts.join(', '))
  }
  if (counts.problem > 0) return EXIT.problems
  return counts.warning > 0 ? EXIT.warnings : EXIT.ok
}

/** What the running Icecore finds itself; null where none runs. One that cannot be asked is an error. */
async function askGateway(loaded: LoadedConfig): Promise<Parameters<ExamineFunction>[0]['live']> {
  if (!loaded.ok) return null
  const client = new OperatorClient(loaded.config.data)
  if (!(await client.isRunning())) return null
  const status = await client.get('/v1/status', statusSchema)
  // What cannot be recorded is not done; all else is looked at nevertheless.
  const connections = client.post('/v1/connections/check', connectionCheckSchema.array()).catch((error: unknown) => {
    if (isIcecoreError(error, 'ICE_OPERATION_UNRECORDED')) return { untried: error.message }
    throw error
  })
  return { status, connections: await connections }
}

type ExamineFunction = typeof import('../server/doctor/index.ts').examine

function* renderFinding(context: CliContext, { check, name, result, evidence, mend }: FindingJson): Generator<string> {
  const { paintOut: paint } = context
  const width = outputWidth(context) - RESULT_WIDTH
  const what = name === null ? check : `${check} ${name}`
  const [head = '', ...more] = wrap(safeLine(`${what}: ${evidence}`), width)
  yield `${paint(COLOURS[result], result.padEnd(RESULT_WIDTH))}${head}`
  const indent = ' '.repeat(RESULT_WIDTH)
  for (const line of more) yield `${indent}${line}`
  if (mend === null) return
  for (const line of wrap(safeLine(`→ ${mend}`), width, 2)) yield `${indent}${paint('cyan', line)}`
}
