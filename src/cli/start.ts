import type { Command } from 'commander'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, writeJson } from './context.ts'
import type { Finish } from './main.ts'
import { untilSignal } from './until-signal.ts'
import { plural, useConfig } from './use-config.ts'

interface StartOptions {
  readonly config?: string
  readonly json?: true
}

export function addStartCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('start')
    .description('run the gateway until SIGTERM or SIGINT')
    .option('-c, --config <file>', 'configuration file (default: $ICECORE_CONFIG, else ./icecore.yaml)')
    .option('--json', 'print one JSON object once ready')
    .addHelpText(
      'after',
      '\nOn SIGTERM or SIGINT nothing new is begun, and running statements may end within limits.drain. Sessions, and what\nstill runs in them, go on when Icecore is started again.\n\nExample:\n  $ icecore start --config /etc/icecore/icecore.yaml',
    )
    .action((options: StartOptions) => finish(start(context, options)))
}

async function start(context: CliContext, options: StartOptions): Promise<number> {
  const config = await useConfig(context, options.config)
  if (typeof config === 'number') return config
  const stop = untilSignal()
  const { refuseDemoKeys, startGateway } = await import('../server/index.ts')
  await refuseDemoKeys(config, { environment: context.environment })
  const gateway = await startGateway(config)
  const { err, paintErr } = context
  if (options.json)
    await writeJson(context.out, { gateway: gateway.url, ops: gateway.opsUrl, data: config.data, pid: process.pid })
  err.write(
    [
      `${paintErr('bold', 'Icecore is ready.')} Stop it with Ctrl-C or SIGTERM.`,
      `  drivers      ${safeLine(gateway.url)}`,
      `  health       ${safeLine(gateway.opsUrl)}`,
      `  connections  ${Object.keys(config.connections).map(safeLine).join(', ')}`,
      `  record       ${safeLine(config.data)}`,
      `  for          ${plural(config.access.length, 'access rule')}, ${plural(Object.keys(config.agents).length, 'agent')}, ${plural(Object.keys(config.issuers).length, 'issuer')}`,
      '',
    ].join('\n'),
  )
  const signal = await stop
  err.write(`${signal}: nothing new is begun; running statements have ${config.limits.drain / 1000} s\n`)
  await gateway.close(signal)
  err.write('the record is closed\n')
  return EXIT.ok
}
