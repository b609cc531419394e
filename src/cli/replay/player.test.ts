/** The player on a terminal in memory: what is seen after which key and time, and that the terminal is given back. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FakeTerminal } from '../../../test/support/fake-terminal.ts'
import { RecordedFolder } from '../../../test/support/recording/recorded-folder.ts'
import { sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { statementEvents } from '../../../test/support/recording/statement-events.ts'
import { readingOf } from '../../adapters/store/index.ts'
import { IcecoreError } from '../../errors.ts'
import { displayWidth } from '../../lib/text/index.ts'
import { Film } from './film.ts'
import { Player, type PlayOptions } from './player.ts'

const OPTIONS: PlayOptions = { speed: 1, rows: 1000, idleMs: 2000, follow: false }
const LONG = Array.from({ length: 300 }, (_, at) => [String(at), `row ${at}`])
const WIDE = Array.from({ length: 30 }, (_, at) => [`COLUMN_${at}`, 'text'] as const)

const [opened] = sessionEvents('s')
const ended = sessionEvents('s').at(-1)!

describe('the player', () => {
  let record: RecordedFolder
  let terminal: FakeTerminal
  let clock: FakeClock
  let end: Promise<number | string>
  let ending: number | string | null
  let idle: boolean
  let running: boolean

  before(async () => {
    record = await RecordedFolder.make()
    await record.record([opened!])
    record.clock.advance(720_000)
    await record.record([
      ...statementEvents('s', 1, {
        sql: 'SELECT A, B FROM LONG',
        columns: [
          ['A', 'fixed'],
          ['B', 'text'],
        ],
        rows: LONG,
      }),
      ...statementEvents('s', 2, { outcome: 'denied', message: 'never that\nicecore:{"code":1}' }),
      ...statementEvents('s', 3, { columns: WIDE, rows: [WIDE.map(([name]) => `value of ${name}`)] }),
      ...statementEvents('s', 4, { outcome: 'failed', message: 'no column PRIZE' }),
      ended,
    ])
  })
  after(() => record[Symbol.asyncDispose]())

  beforeEach(() => {
    terminal = new FakeTerminal()
    clock = new FakeClock()
    running = true
  })
  afterEach(async () => {
    await press('\u0003')
    await end.catch(() => undefined)
    assert.ok(terminal.restored)
    assert.equal(clock.waiting, 0)
    for (const name of ['SIGTERM', 'SIGCONT', 'exit']) assert.equal(terminal.host.listenerCount(name), 0)
  })

  async function play(options: Partial<PlayOptions> = {}, session = 's'): Promise<void> {
    const reading = readingOf(await record.recordings(), session)
    const film = (await Film.open(reading.reel))!
    const { reel } = film
    const find = reel.find.bind(reel)
    reel.find = async (...question) => {
      if (running) return find(...question)
      throw new IcecoreError('ICE_GATEWAY_NOT_RUNNING', { folder: 'data' })
    }
    const { context, host } = terminal
    const summary = await reading.summary()
    ending = null
    idle = false
    end = Player.play({
      context,
      clock,
      host,
      reading,
      session: summary,
      film,
      options: { ...OPTIONS, ...options },
      isRunning: async () => running,
      onIdle: (now) => {
        idle = now
      },
    }).catch((error: Error) => error.name)
    void end.then((code) => {
      ending = code
      idle = true
    })
    await settle()
  }

  /** Until all that was asked for is on the screen. */
  async function settle(): Promise<void> {
    do await setImmediate()
    while (!idle)
  }

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      terminal.input.write(key)
      await settle()
    }
  }

  async function wait(ms: number): Promise<void> {
    clock.advance(ms)
    await settle()
  }

  const sees = (text: string | RegExp): void => assert.match(terminal.screen.join('\n'), asPattern(text))
  const seesNot = (text: string | RegExp): void => assert.doesNotMatch(terminal.screen.join('\n'), asPattern(text))

  it('plays at the recorded pace, and cuts idle time short', async () => {
    await play()
    sees('principal   Ann')
    sees('… 12 min 1 s idle')
    await wait(1999)
    sees('log-in')
    await wait(1)
    sees('statement 1')
    sees('… 12 min 1 s idle · 12:01.000')
    sees('running …')
    sees('… 4.0 s until the answer')
    seesNot('row 1')
    await wait(2000)
    sees(/✓ 300 rows/)
    seesNot('idle')
  })

  it('goes as fast as it is told to, and stands still while paused', async () => {
    await play({ idleMs: 1_000_000 })
    await press('+', '+', '+', '+', '+')
    await wait(721_000 / 16 - 10)
    sees('log-in')
    sees('16×')
    await wait(10)
    sees('running …')
    await press(' ')
    await wait(1_000_000)
    sees('running …')
    sees('‖ 16×')
    await press('-', '-', '-', '-', '-', '-', ' ')
    sees('0.5×')
    await wait(7999)
    sees('running …')
    await wait(1)
    sees('✓ 300 rows')
  })

  it('steps on and back, and to both ends', async () => {
    await play()
    await press('n')
    sees('running …')
    await press('\u001b[C')
    sees('✓ 300 rows')
    await press('p')
    sees('running …')
    sees('‖ 1×')
    await press('\u001b[D', '\u001b[D')
    sees('this is the first scene')
    await press('$')
    sees(/end logout/)
    await press('0')
    sees('log-in')
  })

  it('goes to statements, times, denials and errors', async () => {
    await play()
    await press('g', '4', '\r')
    sees('statement 4')
    await press('g', ...'12:08', '\r')
    sees('statement 2')
    sees('DENIED  ICE_STATEMENT_REFUSED')
    sees('icecore:{"code":1}')
    await press('g', ...'99', '\r')
    sees('there is no statement 99')
    await press('g', ...'soon', '\r')
    sees('give the number of a statement, or a time such as 1:30')
    await press('e')
    sees('no column PRIZE')
    await press('e')
    sees('no denial and no error after this')
    await press('0', 'e')
    sees('DENIED')
  })

  it('pages a long result, its head staying, and a wide one', async () => {
    await play()
    await press('n', 'n', 'G')
    seesNot('row 299')
    await press('\u001b[F')
    sees(/^ +A │ B/m)
    sees('row 299')
    await press('\u001b[5~', 'k')
    seesNot('row 299')
    await press('\u001b[H')
    sees('SELECT A, B FROM LONG')
    await press('g', '3', '\r', 'n')
    sees(/COLUMN_0 .*COLUMN_1 /)
    sees('columns 1–4 of 30 (< >)')
    await press('>', 'l')
    seesNot(/COLUMN_1 /)
    sees(/COLUMN_2 .*value of COLUMN_2|COLUMN_2/)
    await press(...'l'.repeat(40))
    sees('value of COLUMN_29')
    await press('<')
    sees('value of COLUMN_28')
  })

  it('shows what came of a long statement, its title staying, and can be scrolled to all of it', async () => {
    const sql = Array.from({ length: 60 }, (_, at) => `-- line ${at}`).join('\n')
    const many = Array.from({ length: 50 }, (_, at) => WIDE.map(() => `row ${at}.`))
    await record.record([
      sessionEvents('tall')[0]!,
      ...statementEvents('tall', 1, { sql, columns: WIDE, rows: many }),
      ...statementEvents('tall', 2, { sql, outcome: 'denied', message: 'never that' }),
    ])
    await play({}, 'tall')
    await press('n')
    sees('-- line 0')
    await press('n')
    sees('statement 1 SELECT')
    sees('✓ 50 rows')
    sees('row 3.')
    sees(/↑ \d+ · 4\d more lines ↓/)
    const first = (): number => Number(/row (\d+)\./.exec(terminal.screen.join('\n'))?.[1])
    const last = (): number => Number([...terminal.screen.join('\n').matchAll(/row (\d+)\./g)].at(-1)?.[1])
    for (let before = last(); before < 49; before = last()) {
      await press('\u001b[6~')
      assert.ok(first() <= before + 1, 'no row is left out by a page')
      assert.ok(last() > before)
    }
    await press('\u001b[H')
    sees('-- line 0')
    await press('n', 'n')
    sees('DENIED  ICE_STATEMENT_REFUSED')
    sees('never that')
    sees('statement 2 SELECT')
  })

  it('gives a value the width that no other column wants', async () => {
    const value = Array.from({ length: 12 }, (_, at) => `word${at}`).join('-')
    const columns = [
      ['N', 'fixed'],
      ['PLAN', 'text'],
    ] as const
    await record.record([
      sessionEvents('plan')[0]!,
      ...statementEvents('plan', 1, { columns, rows: [['1', value]] }),
      ...statementEvents('plan', 2, { columns: [...columns, ['P2', 'text']], rows: [['1', value, value]] }),
    ])
    await play({}, 'plan')
    await press('n', 'n')
    sees(value)
    await press('n', 'n')
    sees(/word5-wor… │ word0-.*word4-…/)
    seesNot('columns')
  })

  it('ends at the end of its timeline', async () => {
    await play()
    await press('$')
    assert.match(terminal.screen.at(-2)!, /━●$/)
    await press('0')
    assert.match(terminal.screen.at(-2)!, /^ ●─/)
  })

  it('searches SQL, messages and rows, from here on and then from the beginning', async () => {
    await play()
    await press('/', ...'row 250', '\r')
    sees('row 250')
    sees('1/4')
    assert.ok(terminal.picture.includes('\u001b[7mrow 250'))
    await press('/', ...'prize', '\r')
    sees('statement 4')
    await press('/', ...'nowhere', '\r')
    sees('nowhere is not found')
    await press('/', ...'x\u007fCOLUMN_29', '\r')
    sees('statement 3')
    await press('/', '\r')
    sees('statement 3')
    await press('/', 'q', '\u001b')
    assert.equal(ending, null)
  })

  it('explains itself', async () => {
    await play()
    await press('?')
    sees('next denial or error')
    await wait(1_000_000)
    sees('next denial or error')
    await press('x')
    seesNot('next denial or error')
  })

  it('begins again after its end', async () => {
    await play()
    await press('$', ' ')
    sees('log-in')
    await wait(2000)
    sees('statement 1')
  })

  for (const [columns, rows] of [
    [20, 6],
    [80, 24],
    [200, 50],
  ] as const) {
    it(`fits ${columns} columns and ${rows} lines, also after the terminal was resized`, async () => {
      await play()
      terminal.resize(columns, rows)
      await settle()
      for (let at = 0; at < 12; at += 1) {
        assert.equal(terminal.screen.length, rows)
        for (const line of terminal.screen) assert.ok(displayWidth(line) <= columns, line)
        await press('n')
      }
      await press('?')
      for (const line of terminal.screen) assert.ok(displayWidth(line) <= columns, line)
    })
  }

  it('keeps its page while the gateway is away that it asks for scenes, and goes on when it is back', async () => {
    await play()
    sees('log-in')
    running = false
    await press('n')
    sees('log-in')
    sees('no gateway is running')
    running = true
    await press('n')
    sees('statement 1')
    assert.doesNotMatch(terminal.screen.join('\n'), /no gateway/)
  })

  it('follows a session that goes on', async () => {
    await record.record([
      ...sessionEvents('live').slice(0, 1),
      ...statementEvents('live', 1, { outcome: 'held', message: 'ask Ann' }),
    ])
    await play({ follow: true }, 'live')
    sees('HELD')
    sees('ask Ann')
    sees('waiting for a human …')
    sees('● live')
    running = false
    await wait(500)
    sees('○ no gateway')
    running = true
    await wait(500)
    sees('● live')
    await record.record(statementEvents('live', 1).slice(2))
    await wait(500)
    sees('✓ 1 row ')
    await press('0')
    sees('log-in')
    await record.record(statementEvents('live', 2, { sql: 'SELECT next' }))
    await wait(500)
    sees('log-in')
    sees('0/2')
    await press('$', ' ')
    sees('SELECT next')
    await record.record([{ type: 'session.ended', session: 'live', facts: { reason: 'gone', statements: 2 } }])
    await wait(500)
    sees('end gone')
    sees('■ end')
  })

  it('shows what is typed, and who it was, without acting on it', async () => {
    const hostile = 'x\u202e\u200b\u009b31m'
    const [session] = sessionEvents('hostile')
    const facts = { ...session!.facts, connection: hostile } as never
    await record.record([{ type: 'session.opened', session: 'hostile', facts }])
    await play({}, 'hostile')
    sees('x\\u{202e}\\u{200b}\\u{9b}31m')
    await press('/', ...hostile)
    await press('\r')
    assert.doesNotMatch(terminal.screen.join(''), /[\p{Cc}\p{Cf}]/u)
  })

  describe('gives the terminal back', () => {
    const endings: readonly (readonly [string, () => void, number | string])[] = [
      ['after q', () => terminal.input.write('q'), 0],
      ['after Ctrl-C', () => terminal.input.write('\u0003'), 0],
      ['on SIGTERM', () => terminal.host.emit('SIGTERM'), 143],
      ['on SIGHUP', () => terminal.host.emit('SIGHUP'), 129],
      ['when nobody takes its output', () => terminal.output.emit('error', new Error('EPIPE')), 'OutputFailure'],
      ['when the keyboard is gone', () => terminal.input.emit('end'), 0],
    ]
    for (const [name, act, code] of endings) {
      it(name, async () => {
        await play()
        assert.ok(!terminal.restored)
        act()
        assert.equal(await end, code)
        assert.ok(terminal.restored)
      })
    }

    it('where the process ends without unwinding', async () => {
      await play()
      terminal.host.emit('exit')
      assert.ok(terminal.restored)
      terminal.host.emit('SIGTERM')
      assert.equal(await end, 143)
    })

    it('while it is suspended, and takes it again', async () => {
      await play()
      terminal.host.suspend = () => {
        assert.ok(terminal.restored)
        terminal.host.suspended += 1
      }
      await press('\u001a')
      assert.equal(terminal.host.suspended, 1)
      assert.ok(!terminal.restored)
      sees('log-in')
      terminal.input.isRaw = false
      terminal.host.emit('SIGCONT')
      await settle()
      assert.ok(terminal.input.isRaw, 'a shell had taken it')
    })

    it('where a page cannot be read', async () => {
      const reading = readingOf(await record.recordings(), 's')
      const film = (await Film.open(reading.reel))!
      const { context, host } = terminal
      film.reel.troubles = () => Promise.reject(new Error('broken'))
      const session = await reading.summary()
      end = Player.play({
        context,
        clock,
        host,
        reading,
        session,
        film,
        options: OPTIONS,
        isRunning: async () => true,
      })
      await assert.rejects(end, /broken/)
      assert.ok(terminal.restored)
    })
  })
})

function asPattern(text: string | RegExp): RegExp {
  return typeof text === 'string' ? new RegExp(RegExp.escape(text)) : text
}
