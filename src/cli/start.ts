import type { Command } from 'commander'
import { safeLine } from '../lib/text/index.ts'
import { findConfigFile, type LoadedConfig, loadConfig } from '../server/config/index.ts'
import type { Gateway } from '../server/index.ts'
import { type CliContext, EXIT, writeJson } from './context.ts'
import type { Finish } from './main.ts'
import { printReload } from './reload.ts'
import { reportThrown } from './report-error.ts'
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
      '\nOn SIGTERM or SIGINT nothing new is begun, and running statements may end within limits.drain. Sessions, and what still runs in them, go on when Icecore is started again. On SIGHUP the configuration and the certificates are read again, as by "icecore reload".\n\nExample:\n  $ icecore start --config /etc/icecore/icecore.yaml',
    )
    .action((options: StartOptions) => finish(start(context, options)))
}

async function start(context: CliContext, options: StartOptions): Promise<number> {
  const file = findConfigFile(options.config, context.environment)
  const config = await useConfig(context, file)
  if (typeof config === 'number') return config
  const stop = untilSignal()
  const { refuseDemoKeys, startGateway } = await import('../server/index.ts')
  const { environment } = context
  await refuseDemoKeys(config, { environment })
  const load = async (): Promise<LoadedConfig> => {
    const loaded = await loadConfig(file)
    if (loaded.ok) await refuseDemoKeys(loaded.config, { environment })
    return loaded
  }
  const starting = startGateway(config, { configFile: { path: file, load } })
  // Before it has started, too: a signal that nobody takes ends the process.
  process.on('SIGHUP', () => void starting.then((gateway) => reloadOnSignal(context, gateway)).catch(() => undefined))
  const gateway = await starting
  const { err, paintErr } = context
  if (options.json)
    await writeJson(context.out, {
      gateway: gateway.url,
      ops: gateway.opsUrl,
      listeners: gateway.listeners,
      data: config.data,
      pid: process.pid,
    })
  err.write(
    [
      `${paintErr('bold', 'Icecore is ready.')} Stop it with Ctrl-C or SIGTERM.`,
      `  drivers      ${gateway.listeners.driver.map(safeLine).join(', ')}`,
      `  health       ${gateway.listeners.ops.map(safeLine).join(', ')}`,
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

async function reloadOnSignal(context: CliContext, gateway: Gateway): Promise<void> {
  try {
    await printReload(context, context.err, await gateway.reload('SIGHUP'))
  } catch (error) {
    reportThrown(context, error)
  }
}
