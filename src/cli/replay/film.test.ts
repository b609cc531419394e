import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { RecordedFolder } from '../../../test/support/recording/recorded-folder.ts'
import { rareEvents, sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { statementEvents } from '../../../test/support/recording/statement-events.ts'
import { scenes } from '../../core/recording/index.ts'
import { Film, type Stop } from './film.ts'
import { findText } from './find-text.ts'
import { readPage } from './read-page.ts'

const [opened, ...rest] = sessionEvents('s')
const ended = rest.at(-1)!

describe('a film', () => {
  let record: RecordedFolder
  let film: Film

  before(async () => {
    record = await RecordedFolder.make()
    await record.record([opened!, ...statementEvents('s', 1)])
    await record.record([sessionEvents('other')[0]!, ...statementEvents('other', 1, { sql: 'SELECT other' })])
    await record.record(
      statementEvents('s', 2, { outcome: 'denied', message: 'never that' }).concat(
        statementEvents('s', 3, { sql: 'SELECT needle', rows: [['a'], ['b']], chunk: [['haystack'], ['Pin']] }),
      ),
    )
    await record.restart(7_000_000)
    await record.record([...statementEvents('s', 4, { outcome: 'held' }), ...rareEvents('s'), ended])
    film = (await Film.open((await record.recordings()).reel('s')))!
  })
  after(() => record[Symbol.asyncDispose]())

  async function wind(forwards: boolean): Promise<Stop[]> {
    const stops: Stop[] = []
    let stop = forwards ? await film.first() : await film.last()
    while (stop !== null) {
      stops.push(stop)
      stop = forwards ? await film.next(stop) : await film.previous(stop)
    }
    return stops
  }

  it('has the scenes of the session with their times, forwards and backwards', async () => {
    const recordings = await record.recordings()
    const expected: [number, number][] = []
    for await (const { scene, lsn, offsetMs, ...more } of scenes(recordings.events('s'))) {
      if (scene !== 'result' || ('step' in more && more.step === 'completed')) expected.push([lsn, offsetMs])
    }
    const there = await wind(true)
    // The clock of the second process runs far ahead: only the record of its start tells that nothing lies between.
    const restart = there.findIndex(({ event }) => event.type === 'statement.decision')
    assert.deepEqual(
      there.slice(0, restart - 1).map(({ lsn, offsetMs }) => [lsn, offsetMs]),
      expected.slice(0, restart - 1),
    )
    assert.deepEqual(
      there.map(({ lsn }) => lsn),
      expected.map(([lsn]) => lsn),
    )
    assert.ok(there.at(-1)!.offsetMs < 60_000, String(there.at(-1)!.offsetMs))
    assert.deepEqual((await wind(false)).toReversed(), there)
  })

  it('goes to a statement, to a time and to what went wrong', async () => {
    const second = await film.statement(2)
    assert.equal(second?.statement, 's-2')
    assert.equal(await film.statement(99), null)
    for (const stop of await wind(true)) {
      assert.equal((await film.atTime(stop.offsetMs))?.offsetMs, stop.offsetMs)
      assert.equal((await film.atTime(stop.offsetMs + 0.5))?.offsetMs, stop.offsetMs)
    }
    const troubles: string[] = []
    for (let stop = await film.trouble({ lsn: 0 }); stop !== null; stop = await film.trouble(stop)) {
      troubles.push(stop.event.type)
    }
    assert.deepEqual(troubles, [
      'statement.denied',
      'statement.failed',
      'statement.cancelled',
      'statement.outcomeUnknown',
      'result.broken',
    ])
  })

  it('knows where on a line of pieces there was trouble', async () => {
    assert.deepEqual(await film.reel.troubles(4), [
      { piece: 1, denied: 1, failed: 0 },
      { piece: 2, denied: 0, failed: 1 },
    ])
    assert.deepEqual(
      (await film.reel.troubles(80)).map(({ piece }) => piece),
      [20, 40],
    )
  })

  it('has pages with what is on record up to the next scene', async () => {
    const third = (await film.statement(3))!
    const early = (await readPage(film, third, 10))!
    assert.deepEqual([early.number, early.result, early.ends.length], [3, null, 0], 'the answer has not come yet')
    const late = (await readPage(film, (await film.next(third))!, 10))!
    assert.deepEqual(late.result?.rows, [['a'], ['b'], ['haystack'], ['Pin']], 'the chunk follows the inline part')
    assert.deepEqual((await readPage(film, (await film.next(third))!, 3))!.result?.rows.length, 3)
    assert.equal(await readPage(film, (await film.first())!, 10), null)
  })

  it('shows rows that came, of a statement that has not ended', async () => {
    const open = statementEvents('open', 1).filter(({ type }) => type !== 'statement.completed')
    await record.record([sessionEvents('open')[0]!, ...open])
    const still = (await Film.open((await record.recordings()).reel('open')))!
    assert.deepEqual((await readPage(still, (await still.last())!, 10))?.result?.rows, [['1']])
  })

  it('finds rows where they are shown, and then what is further on', async () => {
    await record.record([
      sessionEvents('found')[0]!,
      ...statementEvents('found', 1, { rows: [['first']], chunk: [['Pin']] }),
      ...statementEvents('found', 2),
    ])
    const rows = (await Film.open((await record.recordings()).reel('found')))!
    const search = async (from: Stop, text: string): Promise<Stop> =>
      (await findText(rows, text, { from, rows: 100, stopped: () => false }))!
    const begin = (await rows.first())!
    for (const text of ['first', 'Pin']) {
      const found = await search(begin, text)
      assert.equal(found.event.type, 'statement.completed')
      assert.equal((await search(found, text)).lsn, found.lsn, 'it is nowhere else')
    }
    const statement = await search(begin, 'SELECT')
    assert.equal(statement.statement, 'found-1')
    assert.equal((await search(statement, 'SELECT')).statement, 'found-2')
  })

  for (const [text, statement] of [
    ['needle', 's-3'],
    ['NEVER', null],
    ['never', 's-2'],
    ['pin', 's-3'],
    ['Pin', 's-3'],
    ['other', null],
  ] as const) {
    it(`finds ${text} in ${statement ?? 'nothing'}`, async () => {
      for (const from of [await film.first(), await film.last()]) {
        const found = await findText(film, text, { from: from!, rows: 100, stopped: () => false })
        assert.equal(found?.statement ?? null, statement)
      }
    })
  }
})
