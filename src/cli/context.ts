import { createPaint, type Paint } from '../lib/text/index.ts'

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** What a command has of the world. Results go to `out`; everything that is said about them goes to `err`. */
export interface CliContext {
  readonly out: Output
  readonly err: Output
  readonly input: NodeJS.ReadStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly paintOut: Paint
  readonly paintErr: Paint
}

export function processContext(): CliContext {
  return {
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    environment: process.env,
    paintOut: createPaint(process.stdout),
    paintErr: createPaint(process.stderr),
  }
}

export const EXIT = { ok: 0, failed: 1, usage: 2, problems: 3, warnings: 4 } as const

/** Columns to lay out for: the terminal's, else `COLUMNS`, else 100. */
export function outputWidth({ out, environment }: CliContext): number {
  const named = Number(environment.COLUMNS)
  const width = out.columns ?? (Number.isInteger(named) && named > 0 ? named : 100)
  return Math.min(Math.max(width, 20), 500)
}

/** What a command prints is not taken any more: its reader is gone, or the disk is full. */
export class OutputFailure extends Error {
  override readonly name = 'OutputFailure'
  readonly code: string

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause })
    this.code = cause.code ?? 'unknown'
  }
}

/** Writes one line; see `writePiece`. */
export function writeLine(stream: NodeJS.WritableStream, line: string): Promise<void> {
  return writePiece(stream, `${line}\n`)
}

/**
 * Writes and waits until it is taken, so that a long output never piles up in memory. Where it is not taken it
 * rejects with an OutputFailure: the command unwinds as from any error, and what it holds is closed on the way.
 */
export function writePiece(stream: NodeJS.WritableStream, piece: string): Promise<void> {
  return new Promise((resolve, reject) =>
    stream.write(piece, (error?: Error | null) => (error ? reject(new OutputFailure(error)) : resolve())),
  )
}

/** `T` is the form in `api-schema/` that the command promises. */
export function writeJson<T>(stream: NodeJS.WritableStream, value: T): Promise<void> {
  return writeLine(stream, escapeUnseen(JSON.stringify(value)))
}

/**
 * JSON leaves DEL, the C1 controls and reordering characters as they are (RFC 8259, section 7), and terminals act on
 * them: U+009B alone begins an escape sequence. Escaped they are the same values to every reader of JSON.
 */
function escapeUnseen(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
