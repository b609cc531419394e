/** What is done with sessions while they live: watched, and ended. */
import type { Command } from 'commander'
import { type EventJson, type SessionEndJson, sessionEndSchema } from '../api-schema/index.ts'
import { type StoredEvent, scenes } from '../core/recording/index.ts'
import { formatTime } from '../lib/format.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, outputWidth, writeJson, writeLine } from './context.ts'
import type { Finish } from './main.ts'
import { tailOf } from './operator/live-recordings.ts'
import { addGatewayOptions, GATEWAY_HELP, type GatewayOptions, withGateway } from './operator/use-gateway.ts'
import { wholeNumber } from './parse-options.ts'
import { EventSerializer } from './replay/event-json.ts'
import { SceneRenderer } from './replay/render-scene.ts'
import { reportError } from './report-error.ts'
import { untilSignal } from './until-signal.ts'
import { plural } from './use-config.ts'

interface TailOptions extends GatewayOptions {
  readonly rows: number
  readonly json?: true
}

interface EndOptions extends GatewayOptions {
  readonly reason?: string
  readonly json?: true
}

export function addLiveSessionsCommands(sessions: Command, context: CliContext, finish: Finish): void {
  addGatewayOptions(sessions.command('tail [session]'))
    .description('watch what happens now, in one session or in all; Ctrl-C ends')
    .option('--rows <number>', 'rows shown of a result', wholeNumber(0, 1000), 5)
    .option('--json', 'print JSON Lines, one object an event, as "replay --json"')
    .addHelpText('after', `${GATEWAY_HELP}\nExample:\n  $ icecore sessions tail`)
    .action((session: string | undefined, options: TailOptions) => finish(tail(context, session ?? null, options)))
  addGatewayOptions(sessions.command('end <session>'))
    .description('end a session at once; SESSION is an id or its beginning')
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${GATEWAY_HELP}Its running statements are aborted at Snowflake, and its tokens and links are dead.\n\nExample:\n  $ icecore sessions end 3f2a --reason "scans the whole lake"`,
    )
    .action((session: string, options: EndOptions) => finish(end(context, session, options)))
}

function end(context: CliContext, session: string, options: EndOptions): Promise<number> {
  return withGateway(context, options, async (client) => {
    if (session === 'last') {
      reportError(
        context,
        'a session is ended by its id',
        'another may have begun since you looked: icecore sessions list --open',
      )
      return EXIT.usage
    }
    const { reason } = options
    const path = `/v1/sessions/${encodeURIComponent(session)}/end`
    const answer = await client.post(path, sessionEndSchema, reason === undefined ? {} : { reason })
    if (options.json) await writeJson<SessionEndJson>(context.out, answer)
    else {
      const aborted = answer.statements === 0 ? '' : `, ${plural(answer.statements, 'statement')} aborted`
      await writeLine(context.out, `session ${answer.session} of ${safeLine(answer.principal)} ended${aborted}`)
    }
    return EXIT.ok
  })
}

function tail(context: CliContext, session: string | null, options: TailOptions): Promise<number> {
  return withGateway(context, options, async (client) => {
    const interrupted = new AbortController()
    void untilSignal().then(() => interrupted.abort())
    const events = tailOf(client, session, interrupted.signal)
    if (options.json) {
      const serializer = new EventSerializer(false)
      for await (const event of events) await writeJson<EventJson>(context.out, serializer.serialize(event))
    } else await showScenes(context, events, { rows: options.rows, named: session === null })
    return EXIT.ok
  })
}

/** Scenes as they happen. Those of several sessions are told apart by a line with the id, where another one goes on. */
async function showScenes(
  context: CliContext,
  events: AsyncIterable<StoredEvent>,
  { rows, named }: { readonly rows: number; readonly named: boolean },
): Promise<void> {
  const { out, paintOut } = context
  const renderers = new Map<string, SceneRenderer>()
  let shown: string | null = null
  let latest: StoredEvent | null = null
  async function* noting(): AsyncGenerator<StoredEvent> {
    for await (const event of events) {
      latest = event
      yield event
    }
  }
  for await (const scene of scenes(noting())) {
    const session = sessionOf(latest)
    if (named && session !== shown) {
      await writeLine(out, `\n${paintOut('cyan', safeLine(session))} ${paintOut('dim', formatTime(scene.at))}`)
    }
    shown = session
    const renderer =
      renderers.get(session) ?? new SceneRenderer({ width: outputWidth(context), paint: paintOut, rows, live: true })
    renderers.set(session, renderer)
    for (const line of await renderer.render(scene)) await writeLine(out, line)
    if (scene.scene === 'end') renderers.delete(session)
  }
}

/** A scene is made of the event that was read last. */
function sessionOf(event: StoredEvent | null): string {
  return event?.session ?? ''
}
