/** Plays a film on a terminal: takes keys and time, one after the other, and draws what follows from them. */
import type { Reading, ReelPiece, SessionSummary } from '../../adapters/store/index.ts'
import { isIcecoreError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { formatDuration, formatTime } from '../../lib/format.ts'
import { safeLine } from '../../lib/text/index.ts'
import { type CliContext, EXIT } from '../context.ts'
import { bodySize, drawFrame, type FrameState, type PageWindow, pageWindow, timelinePieces } from './draw-frame.ts'
import type { Film, Stop } from './film.ts'
import { findText, matcher } from './find-text.ts'
import { LOOK_MS } from './follow-events.ts'
import { layoutPage, type PageLayout, type PageScene } from './layout-page.ts'
import { Pace } from './pace.ts'
import { readPage } from './read-page.ts'
import { type Host, Screen, type ScreenInput } from './screen.ts'

export interface PlayOptions {
  readonly speed: number
  /** Rows of a result that a page has at most. */
  readonly rows: number
  /** Longest pause that is played, in recorded milliseconds: agents think for minutes. */
  readonly idleMs: number
  /** Begin at the end, and go on as the session does. */
  readonly follow: boolean
}

export interface Playing {
  readonly context: CliContext
  readonly clock: Clock
  readonly host: Host
  readonly reading: Reading
  readonly session: SessionSummary
  readonly film: Film
  readonly options: PlayOptions
  /** Whether there is a gateway that goes on with the session. */
  readonly isRunning: () => Promise<boolean>
  /** Told whether all that was asked for is on the screen, or something is still to be done. */
  readonly onIdle?: (idle: boolean) => void
}

type Input = ScreenInput | 'due' | 'look'

interface Scene extends PageScene {
  readonly next: Stop | null
  /** Statements received by then. */
  readonly number: number
}

export class Player {
  readonly #playing: Playing
  readonly #pace: Pace
  readonly #inputs: Input[] = []
  #wake: (() => void) | null = null
  #screen: Screen | null = null
  #session: SessionSummary
  #scene: Scene
  #last: Stop
  /** The last event that was seen of a running session. */
  #newest = 0
  #troubles: { readonly pieces: number; readonly found: readonly ReelPiece[] } = { pieces: 0, found: [] }
  #alone = false
  #scroll = 0
  #column = 0
  #help = false
  #prompt: { readonly kind: 'go' | 'search'; text: string } | null = null
  #notice: string | null = null
  #searched: string | null = null

  private constructor(playing: Playing, first: Stop, last: Stop) {
    this.#playing = playing
    this.#session = playing.session
    this.#pace = new Pace(playing.options.speed)
    this.#scene = { stop: first, page: null, next: null, number: 0, idleMs: 0 }
    this.#last = last
  }

  /** Resolves with the exit code once somebody has seen enough, or the process is told to end. */
  static async play(playing: Playing): Promise<number> {
    const [first, last] = [await playing.film.first(), await playing.film.last()]
    if (first === null || last === null) return EXIT.ok
    const player = new Player(playing, first, last)
    return player.#run(playing.options.follow ? last : first)
  }

  async #run(from: Stop): Promise<number> {
    using screen = new Screen(this.#playing.context, this.#playing.host, (input) => this.#push(input))
    this.#screen = screen
    await this.#show(from)
    for (;;) {
      await this.#draw(screen)
      const input = await this.#input()
      if (input === 'due') await this.#whileThere(() => this.#advance())
      else if (input === 'look') await this.#whileThere(() => this.#look())
      else if (input !== 'redraw') {
        if ('ended' in input) {
          if (typeof input.ended === 'number') return input.ended
          throw input.ended
        }
        if (['q', 'ctrl-c', 'ctrl-d'].includes(input.key) && (this.#prompt === null || input.key !== 'q'))
          return EXIT.ok
        await this.#whileThere(() => this.#press(input.key))
      }
    }
  }

  /** A gateway that is asked for the scenes may be away, and come back: the page stays meanwhile. */
  async #whileThere(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (!isIcecoreError(error, 'ICE_GATEWAY_NOT_RUNNING')) throw error
      this.#alone = true
      if (!this.#live) this.#notice = 'no gateway is running, and the scenes come from it'
      // What was due is due again, a little later.
      this.#pace.begin(LOOK_MS, this.#playing.clock.monotonic())
    }
  }

  #push(input: Input): void {
    this.#inputs.push(input)
    this.#playing.onIdle?.(false)
    this.#wake?.()
  }

  /** The next key, or that it is time for the next scene, or to look for one. */
  async #input(): Promise<Input> {
    const { clock } = this.#playing
    const wait = this.#waitFor()
    const timer = wait === null ? null : clock.timer(wait.ms, () => this.#push(wait.input))
    while (this.#inputs.length === 0) {
      this.#playing.onIdle?.(true)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    timer?.cancel()
    this.#wake = null
    return this.#inputs.shift() ?? 'redraw'
  }

  #waitFor(): { readonly input: 'due' | 'look'; readonly ms: number } | null {
    if (this.#prompt !== null || this.#help) return null
    const due = this.#scene.next === null ? null : this.#pace.due(this.#playing.clock.monotonic())
    if (this.#live && (due ?? LOOK_MS) >= LOOK_MS) return { input: 'look', ms: LOOK_MS }
    return due === null ? null : { input: 'due', ms: due }
  }

  /** Whether more may come. */
  get #live(): boolean {
    return this.#playing.options.follow && this.#session.ended_at === null
  }

  async #show(stop: Stop, idleMs = 0): Promise<void> {
    const { film, options, clock } = this.#playing
    const same = stop.statement !== null && stop.statement === this.#scene.stop.statement
    const next = await film.next(stop)
    const page = await readPage(film, stop, options.rows)
    const number = await film.reel.statementsUntil(stop.lsn)
    this.#scene = { stop, page, next, number: page?.number ?? number, idleMs: same ? 0 : idleMs }
    if (!same) this.#column = 0
    this.#scroll = this.#window().opening
    const gap = next === null ? 0 : next.offsetMs - stop.offsetMs
    this.#pace.begin(Math.min(gap, options.idleMs), clock.monotonic())
  }

  /** On to the next scene. */
  async #advance(): Promise<void> {
    const { stop, next } = this.#scene
    if (next === null) return
    const gap = next.offsetMs - stop.offsetMs
    await this.#show(next, gap > this.#playing.options.idleMs ? gap : 0)
  }

  /** Whoever winds wants to look: the film stands still then. */
  async #wind(to: Promise<Stop | null>, missing: string): Promise<void> {
    const stop = await to
    if (stop === null) {
      this.#notice = missing
      return
    }
    this.#pace.pause(true, this.#playing.clock.monotonic())
    await this.#show(stop)
  }

  /** What a running session has done since. At the end of the film it goes on at once. */
  async #look(): Promise<void> {
    const { reading, film, options } = this.#playing
    await reading.refresh()
    this.#alone = !(await this.#playing.isRunning())
    this.#session = await reading.summary()
    const last = await film.last()
    if (last === null) return
    const newest = (await film.reel.find('before', Number.MAX_SAFE_INTEGER))?.lsn ?? 0
    const grown = newest !== this.#newest
    this.#newest = newest
    this.#last = last
    if (grown) this.#troubles = { pieces: 0, found: [] }
    if (!grown || this.#scene.next !== null) return
    // Rows come after the end of their statement, too.
    const page = await readPage(film, this.#scene.stop, options.rows)
    this.#scene = { ...this.#scene, page, next: await film.next(this.#scene.stop) }
    if (!this.#pace.paused) await this.#advance()
  }

  async #press(key: string): Promise<void> {
    this.#notice = null
    if (this.#help) this.#help = false
    else if (this.#prompt !== null) await this.#type(key)
    else if (!this.#move(key)) await this.#command(key)
  }

  async #command(key: string): Promise<void> {
    const { film, clock } = this.#playing
    const { stop } = this.#scene
    switch (key) {
      case ' ':
        if (this.#scene.next === null && !this.#live) return this.#restart()
        return this.#pace.pause(!this.#pace.paused, clock.monotonic())
      case 'n':
      case '.':
      case 'right':
        return this.#advance()
      case 'p':
      case 'left':
        return this.#wind(film.previous(stop), 'this is the first scene')
      case 'e':
        return this.#wind(film.trouble(stop), 'no denial and no error after this')
      case '0':
        return this.#wind(film.first(), '')
      case '$':
        return this.#wind(film.last(), '')
      case '+':
      case '=':
        return this.#pace.changeSpeed(2, clock.monotonic())
      case '-':
        return this.#pace.changeSpeed(0.5, clock.monotonic())
      case 'g':
        this.#prompt = { kind: 'go', text: '' }
        return
      case '/':
        this.#prompt = { kind: 'search', text: '' }
        return
      case '?':
        this.#help = true
    }
  }

  async #restart(): Promise<void> {
    await this.#wind(this.#playing.film.first(), '')
    this.#pace.pause(false, this.#playing.clock.monotonic())
  }

  /** Keys that move the window over the page. Whoever reads is not hurried on. */
  #move(key: string): boolean {
    const { table } = this.#layout()
    const { most, step } = this.#window()
    const moves: Readonly<Record<string, number>> = {
      up: -1,
      k: -1,
      down: 1,
      j: 1,
      'page up': -step,
      'page down': step,
      home: Number.NEGATIVE_INFINITY,
      end: Number.POSITIVE_INFINITY,
    }
    const lines = moves[key]
    const columns = { '<': -1, h: -1, '>': 1, l: 1 }[key]
    if (lines === undefined && columns === undefined) return false
    this.#pace.pause(true, this.#playing.clock.monotonic())
    if (lines !== undefined) this.#scroll = between(0, this.#scroll + lines, most)
    if (columns !== undefined && table !== null) {
      if (columns < 0 || !table.reachesEnd(this.#column))
        this.#column = between(0, this.#column + columns, table.columns - 1)
    }
    return true
  }

  async #type(key: string): Promise<void> {
    const prompt = this.#prompt
    if (prompt === null) return
    if (key === 'escape' || (key === 'backspace' && prompt.text === '')) this.#prompt = null
    else if (key === 'backspace') prompt.text = Array.from(prompt.text).slice(0, -1).join('')
    else if (key === 'enter') {
      this.#prompt = null
      if (prompt.kind === 'go') await this.#go(prompt.text.trim())
      else await this.#search(prompt.text === '' ? this.#searched : prompt.text)
    } else if (Array.from(key).length === 1) prompt.text += key
  }

  async #go(where: string): Promise<void> {
    const { film } = this.#playing
    const time = /^(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:\.\d+)?$/.exec(where)
    if (time !== null) {
      const [, hours = '0', minutes = '0', seconds = '0'] = time
      const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
      return this.#wind(film.atTime(offset), '')
    }
    if (!/^\d{1,9}$/.test(where)) {
      this.#notice = where === '' ? null : 'give the number of a statement, or a time such as 1:30'
      return
    }
    await this.#wind(film.statement(Math.max(1, Number(where))), `there is no statement ${where}`)
  }

  async #search(text: string | null): Promise<void> {
    const { film, options } = this.#playing
    if (text === null) return
    this.#searched = text
    this.#notice = `searching for ${safeLine(text)} … any key stops it`
    if (this.#screen !== null) await this.#draw(this.#screen)
    const stopped = (): boolean => this.#inputs.some((input) => typeof input === 'object')
    const found = findText(film, text, { from: this.#scene.stop, rows: options.rows, stopped })
    this.#notice = null
    await this.#wind(found, stopped() ? 'search stopped' : `${safeLine(text)} is not found`)
    this.#scrollTo(text)
  }

  /** To the first line of the page that holds the text, with some of what stands before it. */
  #scrollTo(text: string): void {
    const { before, table } = this.#layout()
    const { lines: height, most } = this.#window()
    const matches = matcher(text)
    const rows = this.#scene.page?.result?.rows ?? []
    const line = before.findIndex((one) => matches(one))
    const row = line >= 0 || table === null ? -1 : rows.findIndex((cells) => cells.some((cell) => matches(cell ?? '')))
    const at = line >= 0 ? line : row >= 0 ? before.length + 2 + row : 0
    this.#scroll = at < height - 1 ? 0 : between(0, at - Math.floor(height / 2), most)
  }

  get #size() {
    return this.#screen?.size ?? { width: 80, height: 24 }
  }

  #layout(): PageLayout {
    const { width } = bodySize(this.#size)
    return layoutPage(this.#scene, { width, paint: this.#playing.context.paintOut })
  }

  #window(): PageWindow {
    return pageWindow(this.#layout(), this.#column, bodySize(this.#size))
  }

  async #draw(screen: Screen): Promise<void> {
    const { film, context } = this.#playing
    const { size } = screen
    const pieces = timelinePieces(size.width)
    if (this.#troubles.pieces !== pieces) this.#troubles = { pieces, found: await film.reel.troubles(pieces) }
    const { stop, number } = this.#scene
    const { principal_name, connection, role, statements, opened_at } = this.#session
    const state: FrameState = {
      who: safeLine([principal_name, connection, ...(role === null ? [] : [role])].join(' · ')),
      when: formatTime(opened_at + stop.offsetMs),
      layout: this.#layout(),
      scroll: this.#scroll,
      column: this.#column,
      offsetMs: stop.offsetMs,
      lengthMs: this.#last.offsetMs,
      statement: number,
      statements,
      last: this.#scene.next === null,
      troubles: this.#troubles.found,
      mode: this.#mode(),
      speed: this.#pace.speed,
      line: this.#line(),
      highlight: this.#searched,
      help: this.#help,
    }
    screen.draw(drawFrame(state, size, context.paintOut))
  }

  #mode(): FrameState['mode'] {
    if (this.#pace.paused) return 'paused'
    if (this.#scene.next !== null) return 'playing'
    if (!this.#live) return 'end'
    return this.#alone ? 'alone' : 'live'
  }

  #line(): string | null {
    if (this.#prompt !== null) {
      const label = this.#prompt.kind === 'go' ? 'go to statement or time: ' : '/'
      return `${label}${safeLine(this.#prompt.text)}▏`
    }
    if (this.#notice !== null) return this.#notice
    const { next, stop } = this.#scene
    const gap = next === null ? 0 : next.offsetMs - stop.offsetMs
    const running = stop.statement !== null && stop.statement === next?.statement
    if (!this.#pace.paused && gap > this.#playing.options.idleMs) {
      return `▶ ${this.#pace.speed}×  … ${formatDuration(gap)} ${running ? 'until the answer' : 'idle'}`
    }
    return null
  }
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}
