/** asciicast v3, as asciinema plays it: a header, then one line an event (docs.asciinema.org/manual/asciicast/v3). */

export interface CastOptions {
  readonly columns: number
  readonly rows: number
  readonly title: string
  /** When the session was opened, milliseconds since the epoch. */
  readonly startedAt: number
  /** Longest pause between two pictures. */
  readonly idleMs: number
}

/** What appears at a time: lines that are safe to show, and a mark that a player can go to. */
export interface CastFrame {
  readonly offsetMs: number
  readonly lines: readonly string[]
  readonly marker: string | null
}

export async function* encodeAsciicast(options: CastOptions, frames: AsyncIterable<CastFrame>): AsyncGenerator<string> {
  const { columns, rows, title, startedAt, idleMs } = options
  const term = { cols: columns, rows }
  yield line({ version: 3, term, timestamp: Math.floor(startedAt / 1000), title })
  let last = 0
  for await (const { offsetMs, lines, marker } of frames) {
    // Times of v3 are intervals, so that a pause is cut by writing a shorter one.
    let interval = Math.min(Math.max(0, offsetMs - last), idleMs) / 1000
    last = offsetMs
    if (marker !== null) {
      yield line([interval, 'm', marker])
      interval = 0
    }
    if (lines.length > 0) yield line([interval, 'o', `${lines.join('\r\n')}\r\n`])
  }
  yield line([0, 'x', '0'])
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
