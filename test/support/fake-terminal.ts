/** A terminal in memory: takes what a program draws, and types for it. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters, styleText } from 'node:util'
import type { CliContext } from '../../src/cli/context.ts'

export class FakeTerminal {
  readonly output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
  readonly input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: (raw: boolean): void => {
      this.input.isRaw = raw
    },
  })
  /** Signals, and how often the program suspended itself. */
  readonly host = Object.assign(new EventEmitter(), {
    suspended: 0,
    suspend: (): void => {
      this.host.suspended += 1
    },
  })
  /** All that was written. */
  written = ''

  constructor(columns = 80, rows = 24) {
    this.resize(columns, rows)
    this.output.on('data', (bytes: Buffer) => {
      this.written += bytes.toString()
    })
  }

  get context(): CliContext {
    const paint: CliContext['paintOut'] = (format, text) => styleText(format, text, { validateStream: false })
    const { output: out, input } = this
    return {
      out,
      err: new PassThrough(),
      input: input as unknown as CliContext['input'],
      environment: {},
      paintOut: paint,
      paintErr: paint,
    }
  }

  resize(columns: number, rows: number): void {
    Object.assign(this.output, { columns, rows })
    this.output.emit('resize')
  }

  /** The last picture, line by line, without its colours. */
  get screen(): readonly string[] {
    return stripVTControlCharacters(this.picture).split('\r\n')
  }

  /** The last picture as it was sent. */
  get picture(): string {
    const frames = this.written.split('\u001b[H')
    return frames.at(-1)!.split('\u001b[J')[0]!
  }

  /** Whether it is as it was before: the usual screen, cursor, wrapping, and lines edited by the terminal itself. */
  get restored(): boolean {
    const modes = ['?1049', '?25', '?7'].map((mode) => {
      const [set, reset] = [this.written.lastIndexOf(`\u001b[${mode}h`), this.written.lastIndexOf(`\u001b[${mode}l`)]
      return mode === '?1049' ? reset > set : set > reset
    })
    return modes.every(Boolean) && !this.input.isRaw
  }
}
