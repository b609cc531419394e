import { type Scene, type StoredEvent, scenes } from '../../core/recording/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { truncate } from '../../lib/text/index.ts'
import { type CliContext, outputWidth, writeLine } from '../context.ts'
import { formatDuration } from '../format.ts'
import { listenForKeys } from './keyboard.ts'
import { Pacer, type PaceState } from './pacer.ts'
import { SceneRenderer } from './render-scene.ts'

export interface PlayOptions {
  readonly speed: number
  readonly rows: number
  /** Longest pause that is played, in recorded milliseconds: agents think for minutes. */
  readonly idleMs: number
}

const KEYS = 'space pause · . step · +/- speed · q quit'
const CLEAR_LINE = '\r\u001b[2K'

/** Plays a session on a terminal, at its recorded pace. */
export async function playSession(
  context: CliContext,
  events: AsyncIterable<StoredEvent>,
  options: PlayOptions,
  clock: Clock,
): Promise<void> {
  const { out, paintOut } = context
  let state: PaceState = { speed: options.speed, paused: false }
  const drawStatus = (): void => {
    const line = `${state.paused ? 'paused' : 'playing'} ${state.speed}× · ${KEYS}`
    // A line that wraps could not be cleared again.
    out.write(`${CLEAR_LINE}${paintOut('dim', truncate(line, outputWidth(context) - 1))}`)
  }
  const pacer = new Pacer(clock, options.speed, (changed) => {
    state = changed
    drawStatus()
  })
  using _keys = listenForKeys(context.input, pacer)
  const renderer = new SceneRenderer({ width: outputWidth(context), paint: paintOut, rows: options.rows })
  let last = 0
  for await (const scene of scenes(events)) {
    drawStatus()
    const gap = scene.offsetMs - last
    last = scene.offsetMs
    const answer = await pacer.wait(Math.min(gap, options.idleMs))
    out.write(CLEAR_LINE)
    if (answer === 'quit') return
    if (gap > options.idleMs) await writeLine(out, paintOut('dim', `           … ${formatDuration(gap)} idle`))
    await writeScene(context, renderer, scene)
  }
}

/** Writes a session out at once. */
export async function dumpSession(
  context: CliContext,
  events: AsyncIterable<StoredEvent>,
  rows: number,
): Promise<void> {
  const renderer = new SceneRenderer({ width: outputWidth(context), paint: context.paintOut, rows })
  for await (const scene of scenes(events)) await writeScene(context, renderer, scene)
}

async function writeScene(context: CliContext, renderer: SceneRenderer, scene: Scene): Promise<void> {
  for (const line of await renderer.render(scene)) await writeLine(context.out, line)
}
