import type { SessionSummary } from '../../adapters/store/index.ts'
import { type StoredEvent, scenes } from '../../core/recording/index.ts'
import { systemClock } from '../../lib/clock.ts'
import { safeLine } from '../../lib/text/index.ts'
import { type CliContext, EXIT, outputWidth, writeLine } from '../context.ts'
import type { OpenedReading } from '../open-record.ts'
import { OperatorClient } from '../operator/operator-client.ts'
import { Film } from './film.ts'
import { count } from './layout-text.ts'
import { Player, type PlayOptions } from './player.ts'
import { SceneRenderer } from './render-scene.ts'
import { processHost } from './screen.ts'

/** Plays a session on a terminal, at its recorded pace. Resolves with the exit code. */
export async function playSession(
  context: CliContext,
  { reading, folder, session }: OpenedReading,
  options: PlayOptions,
): Promise<number> {
  const film = await Film.open(reading.reel)
  if (film === null) return EXIT.ok
  const client = new OperatorClient(folder)
  const code = await Player.play({
    context,
    clock: systemClock,
    host: processHost,
    reading,
    session,
    film,
    options,
    // One that does not answer this user may be there all the same.
    isRunning: () => client.isRunning().catch(() => true),
  })
  // The screen is gone: this is what is left of it.
  const summary = await reading.summary().catch(() => session)
  await writeLine(context.out, context.paintOut('dim', sayGoodbye(summary)))
  return code
}

/** Writes a session out, at once or as it comes. */
export async function dumpSession(
  context: CliContext,
  events: AsyncIterable<StoredEvent>,
  rows: number,
): Promise<void> {
  const renderer = new SceneRenderer({ width: outputWidth(context), paint: context.paintOut, rows })
  for await (const scene of scenes(events)) {
    for (const line of await renderer.render(scene)) await writeLine(context.out, line)
  }
}

function sayGoodbye({ id, statements, denied, failed }: SessionSummary): string {
  const troubles = [...(denied > 0 ? [`${denied} denied`] : []), ...(failed > 0 ? [`${failed} failed`] : [])]
  return `session ${safeLine(id)}: ${[count(statements, 'statement'), ...troubles].join(', ')}`
}
