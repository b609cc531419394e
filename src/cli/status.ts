import type { Command } from 'commander'
import { type StatusJson, statusSchema } from '../api-schema/index.ts'
import { formatBytes, formatCount, formatDuration, formatTime } from '../lib/format.ts'
import { safeLine, wrap } from '../lib/text/index.ts'
import { type CliContext, EXIT, outputWidth, writeJson, writeLine } from './context.ts'
import type { Finish } from './main.ts'
import { addGatewayOptions, GATEWAY_HELP, type GatewayOptions, withGateway } from './operator/use-gateway.ts'
import { plural } from './use-config.ts'

type StatusOptions = GatewayOptions & { readonly json?: true }

const LABEL_WIDTH = 13

export function addStatusCommand(program: Command, context: CliContext, finish: Finish): void {
  addGatewayOptions(program.command('status'))
    .description('tell how the running Icecore is doing')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `${GATEWAY_HELP}Exit code 3 when it is not ready.\n\nExample:\n  $ icecore status`)
    .action((options: StatusOptions) => finish(status(context, options)))
}

function status(context: CliContext, options: StatusOptions): Promise<number> {
  return withGateway(context, options, async (client) => {
    const found = await client.get('/v1/status', statusSchema)
    if (options.json) await writeJson<StatusJson>(context.out, found)
    else for (const line of renderStatus(context, found)) await writeLine(context.out, line)
    return found.state === 'ready' ? EXIT.ok : EXIT.problems
  })
}

function* renderStatus(context: CliContext, found: StatusJson): Generator<string> {
  const { paintOut: paint } = context
  const width = outputWidth(context) - LABEL_WIDTH
  /** A fact, its further lines below it; red where it is what is wrong. */
  function* fact(label: string, text: string, bad = false): Generator<string> {
    for (const [index, line] of wrap(safeLine(text), width).entries()) {
      yield `${paint('dim', (index === 0 ? label : '').padEnd(LABEL_WIDTH))}${bad ? paint('red', line) : line}`
    }
  }
  const { config, journal, index, sessions, memory } = found
  const word = found.state.replaceAll('_', ' ')
  yield `${paint('bold', `Icecore ${safeLine(found.version)}`)} ${paint(found.state === 'ready' ? 'green' : 'red', word)}`
  for (const reason of [...found.reasons, ...found.warnings]) yield* fact('', reason, true)
  yield* fact('process', `${found.pid}, up ${formatDuration(found.uptimeMs ?? 0)}, Node ${found.node}`)
  yield* fact('data', found.data)
  yield* fact('config', `${config.file ?? 'not from a file'}, read ${formatTime(config.loadedAt)}`)
  if (config.restartNeeded.length > 0) yield* fact('', `from the next start: ${config.restartNeeded.join(', ')}`)
  for (const { door, address } of found.listeners) yield* fact(door, address)
  for (const { path, notAfter } of found.certificates)
    yield* fact('certificate', `${path}, until ${formatTime(notAfter)}`)
  const open = `${formatCount(sessions.open)} of at most ${formatCount(sessions.limit)}`
  yield* fact('sessions', `${open}, ${plural(sessions.openStatements, 'open statement')}`)
  const free = journal.freeBytes === null ? 'free space not known' : `${formatBytes(journal.freeBytes)} free`
  yield* fact('journal', `event ${formatCount(journal.lsn)}, ${free}`)
  if (journal.failure !== null) yield* fact('', `nothing can be recorded: ${journal.failure}`, true)
  yield* fact('index', index.lag === null ? 'cannot be read' : describeLag(index.lag), index.lag === null)
  yield* fact('memory', `${formatBytes(memory.rssBytes)}, of it heap ${formatBytes(memory.heapBytes)}`)
  for (const { name, state, keys, reason } of found.issuers) {
    const bad = state === 'stale' || state === 'unavailable'
    const why = reason === null ? '' : `: ${reason}`
    yield* fact('issuer', `${name}: ${state.replaceAll('_', ' ')}, ${plural(keys, 'key')}${why}`, bad)
  }
  for (const { name, user, account, lastAt, error } of found.connections) {
    const said = lastAt === null ? 'not asked yet' : error === null ? `answered ${formatTime(lastAt)}` : error
    yield* fact('connection', `${name} (${user} at ${account}): ${said}`, error !== null)
  }
  if (!found.recorded) yield* fact('', 'this call is not on record', true)
}

function describeLag(lag: number): string {
  return lag === 0 ? 'up to date' : `${plural(lag, 'event')} behind`
}
