/** The terminal while a film is shown on it: a screen of its own, keys one by one; and given back as it was, come what may. */
import { constants } from 'node:os'
import { type CliContext, OutputFailure } from '../context.ts'
import { readKeys } from './keys.ts'

/** What the process is told by the system, and how it stops itself. */
export interface Host {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
  /** Stops the process, as Ctrl-Z does where a terminal is not in raw mode. */
  suspend(): void
}

export type ScreenInput = { readonly key: string } | { readonly ended: number | OutputFailure } | 'redraw'

/** Another screen, no cursor, no wrapping; long lines are cut before, and must not scroll where widths are disputed. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l'
/** Terminals that know it show a frame as a whole; others ignore it. */
const BEGIN_FRAME = '\u001b[?2026h\u001b[H'
const END_FRAME = '\u001b[J\u001b[?2026l'

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

export const processHost: Host = {
  on: (event, listener) => process.on(event, listener),
  off: (event, listener) => process.off(event, listener),
  // The whole group, as the terminal's driver would: a process that started this one must stop, too.
  suspend: () => void process.kill(0, 'SIGTSTP'),
}

export class Screen implements Disposable {
  readonly #context: CliContext
  readonly #host: Host
  readonly #onInput: (input: ScreenInput) => void
  readonly #listeners: readonly (readonly [Pick<Host, 'on' | 'off'>, string, (value: never) => void])[]
  #shown = false
  #wasRaw = false

  constructor(context: CliContext, host: Host, onInput: (input: ScreenInput) => void) {
    this.#context = context
    this.#host = host
    this.#onInput = onInput
    const { out, input } = context
    this.#listeners = [
      [input, 'data', (text: string) => this.#take(text)],
      [input, 'end', () => onInput({ ended: 0 })],
      [out, 'resize', () => onInput('redraw')],
      [out, 'error', (error: NodeJS.ErrnoException) => onInput({ ended: new OutputFailure(error) })],
      ...SIGNALS.map((name) => [host, name, () => onInput({ ended: 128 + constants.signals[name] })] as const),
      [host, 'SIGCONT', () => this.#resume()],
      // Whatever ends the process without unwinding this: the terminal is written to at once, not later.
      [host, 'exit', () => this.#leave()],
    ]
    for (const [source, event, listener] of this.#listeners) source.on(event, listener as () => void)
    this.#enter()
  }

  get size(): { readonly width: number; readonly height: number } {
    const { columns = 80, rows = 24 } = this.#context.out as Partial<NodeJS.WriteStream>
    return { width: Math.max(columns, 20), height: Math.max(rows, 6) }
  }

  draw(lines: readonly string[]): void {
    if (!this.#shown) return
    const frame = lines.map((line) => `${line}\u001b[K`).join('\r\n')
    this.#context.out.write(`${BEGIN_FRAME}${frame}${END_FRAME}`)
  }

  [Symbol.dispose](): void {
    this.#leave()
    for (const [source, event, listener] of this.#listeners) source.off(event, listener as () => void)
  }

  #take(text: string): void {
    for (const key of readKeys(text)) {
      if (key === 'ctrl-z') this.#suspend()
      else this.#onInput({ key })
    }
  }

  #suspend(): void {
    this.#leave()
    this.#host.suspend()
    // Here it goes on after SIGCONT; at once, where nobody could continue it and the system did not stop it.
    this.#resume()
  }

  /** A shell may have set the terminal to its own liking meanwhile, so that nothing of it is taken for granted. */
  #resume(): void {
    this.#leave()
    this.#enter()
    this.#onInput('redraw')
  }

  #enter(): void {
    const { input, out } = this.#context
    this.#wasRaw = input.isRaw
    input.setRawMode(true)
    input.setEncoding('utf8')
    input.resume()
    out.write(ENTER)
    this.#shown = true
  }

  #leave(): void {
    if (!this.#shown) return
    this.#shown = false
    const { input, out } = this.#context
    out.write(LEAVE)
    input.setRawMode(this.#wasRaw)
    input.pause()
  }
}
