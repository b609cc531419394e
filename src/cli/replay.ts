import { type Command, Option } from 'commander'
import type { SessionSummary } from '../adapters/store/index.ts'
import type { EventJson, ReadingForm } from '../api-schema/index.ts'
import type { StoredEvent } from '../core/recording/index.ts'
import { systemClock } from '../lib/clock.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, outputWidth, writeJson, writePiece } from './context.ts'
import type { Finish } from './main.ts'
import { addRecordOptions, RECORD_HELP, type RecordOptions, withReading } from './open-record.ts'
import { decimal, wholeNumber } from './parse-options.ts'
import { EventSerializer } from './replay/event-json.ts'
import { EXPORT_FORMS, type ExportForm, exportSession } from './replay/export-session.ts'
import { followEvents } from './replay/follow-events.ts'
import { SPEEDS } from './replay/pace.ts'
import { dumpSession, playSession } from './replay/play.ts'
import { writePrivately } from './replay/write-export.ts'
import { reportError } from './report-error.ts'

interface ReplayOptions extends RecordOptions {
  readonly speed: number
  /** False with --no-wait. */
  readonly wait: boolean
  readonly idle: number
  readonly rows?: number
  readonly follow?: true
  readonly json?: true
  readonly bodies?: true
  readonly export?: ExportForm
  readonly output?: string
  readonly force?: true
}

/** Rows of a result that are shown where nobody says how many: a page can be scrolled, a text that runs on cannot. */
const ROWS = { text: 10, html: 200, page: 1000 } as const

const KEYS = 'Keys: space pauses, n goes on to the next scene, p back, ? shows the others, q quits.'

export function addReplayCommand(parent: Command, context: CliContext, finish: Finish): void {
  addRecordOptions(parent.command('replay <session>'))
    .description('watch a recorded session; SESSION is an id, its beginning, or "last"')
    .option('--speed <factor>', 'pace, from 0.5 to 16', decimal(SPEEDS.least, SPEEDS.most), 1)
    .option('--follow', 'begin at the end, and go on as a running session does')
    .option('--no-wait', 'show everything at once, as where the output is no terminal')
    .option('--idle <seconds>', 'longest pause that is played', decimal(0, 3600), 2)
    .option(
      '--rows <number>',
      `rows of a result that are shown, as far as its first MiB goes (default: ${ROWS.page} in the player, ${ROWS.html} in HTML, else ${ROWS.text})`,
      wholeNumber(0, 10_000),
    )
    .option('--json', 'print JSON Lines, one object an event')
    .option('--bodies', 'with --json: each stored piece of a result in base64, too')
    .addOption(
      new Option(
        '--export <form>',
        'write a film for others: for asciinema, or one HTML file that plays by itself',
      ).choices(EXPORT_FORMS),
    )
    .option('--output <file>', 'with --export: where to, in place of standard output')
    .option('--force', 'with --output: replace a file that is there')
    .addHelpText(
      'after',
      `${RECORD_HELP}\n${KEYS}\n\nExample:\n  $ icecore replay last --speed 4\n  $ icecore replay last --export html --output session.html`,
    )
    .action((session: string, options: ReplayOptions) => finish(replay(context, session, options)))
}

function replay(context: CliContext, named: string, options: ReplayOptions): Promise<number> {
  const form = formOf(context, options)
  return withReading(context, options, { named, form }, async ({ session, reading, folder }) => {
    const { rows, follow = false } = options
    if (options.export !== undefined) return exportFilm(context, session, reading.reel.events(0), options)
    if (form === 'screen') {
      const { speed, idle } = options
      const playing = { speed, idleMs: idle * 1000, rows: rows ?? ROWS.page, follow }
      return playSession(context, { reading, folder, session }, playing)
    }
    const events = follow ? followEvents(reading, systemClock) : reading.reel.events(0)
    if (form === 'json') {
      const serializer = new EventSerializer(options.bodies === true)
      for await (const event of events) await writeJson<EventJson>(context.out, serializer.serialize(event))
    } else {
      await dumpSession(context, events, rows ?? ROWS.text)
    }
    return EXIT.ok
  })
}

function formOf({ out, input }: CliContext, options: ReplayOptions): ReadingForm {
  if (options.export !== undefined) return options.export
  if (options.json) return 'json'
  return options.wait && out.isTTY && input.isTTY ? 'screen' : 'text'
}

async function exportFilm(
  context: CliContext,
  session: SessionSummary,
  events: AsyncIterable<StoredEvent>,
  { export: form = 'html', output, force, idle, rows }: ReplayOptions,
): Promise<number> {
  const pieces = exportSession(session, events, {
    form,
    columns: Math.min(outputWidth(context), 120),
    idleMs: idle * 1000,
    rows: rows ?? (form === 'html' ? ROWS.html : ROWS.text),
  })
  if (output === undefined) {
    for await (const piece of pieces) await writePiece(context.out, piece)
    return EXIT.ok
  }
  try {
    await writePrivately(output, pieces, force === true)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    reportError(context, `${output} is there already`, '--force replaces it')
    return EXIT.failed
  }
  context.err.write(
    `${safeLine(output)} holds SQL and rows of the session in clear: they have left the encrypted record, and only its file mode protects them\n`,
  )
  return EXIT.ok
}
