import type { Command } from 'commander'
import { type ReloadJson, reloadSchema } from '../api-schema/index.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, type Output, writeJson } from './context.ts'
import type { Finish } from './main.ts'
import { addGatewayOptions, GATEWAY_HELP, type GatewayOptions, withGateway } from './operator/use-gateway.ts'
import { printProblems } from './print-problems.ts'
import { reportError } from './report-error.ts'
import { plural } from './use-config.ts'

type ReloadOptions = GatewayOptions & { readonly json?: true }

export function addReloadCommand(program: Command, context: CliContext, finish: Finish): void {
  addGatewayOptions(program.command('reload'))
    .description('let the running Icecore read its configuration again')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${GATEWAY_HELP}All of it is taken, or nothing: exit code 3 where it has problems. Sessions that it would not let in any more are ended. What cannot change in a running process is named, and holds from the next start. SIGHUP does the same.\n\nExample:\n  $ icecore reload`,
    )
    .action((options: ReloadOptions) => finish(reload(context, options)))
}

function reload(context: CliContext, options: ReloadOptions): Promise<number> {
  // The data folder is found by the file as it is now, whose problems the running Icecore tells itself.
  return withGateway(context, options, async (client) => {
    const answer = await client.post('/v1/reload', reloadSchema)
    if (options.json) await writeJson<ReloadJson>(context.out, answer)
    else await printReload(context, context.out, answer)
    return answer.ok ? EXIT.ok : EXIT.problems
  })
}

/** What became of a reload, for people. */
export async function printReload(context: CliContext, stream: Output, answer: ReloadJson): Promise<void> {
  const paint = stream === context.out ? context.paintOut : context.paintErr
  await printProblems(context, stream, answer.problems)
  if (!answer.ok) {
    const what = answer.error ?? `the configuration has ${plural(answer.problems.length, 'problem')}`
    reportError(context, `nothing was changed: ${what}`, answer.hint ?? undefined)
    return
  }
  const say = (line: string): void => void stream.write(`${line}\n`)
  for (const { path, from, to, live } of answer.changes) {
    const values = `${from ?? 'nothing'} → ${to ?? 'nothing'}`
    const note = live ? '' : paint('yellow', ' (from the next start)')
    say(`  ${paint('bold', safeLine(path))}: ${safeLine(values)}${note}`)
  }
  if (answer.untold > 0) say(`  … ${plural(answer.untold, 'more change')}`)
  for (const { session, reason } of answer.ended) say(`  session ${safeLine(session)} ended: ${safeLine(reason)}`)
  const changes = answer.changes.length + answer.untold
  say(changes === 0 ? 'the configuration is as it was' : `the configuration holds: ${plural(changes, 'change')}`)
}
