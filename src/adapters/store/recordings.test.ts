import assert from 'node:assert/strict'
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { segmentName } from '../../core/recording/format/index.ts'
import { foldSession, type RecordedEvent, type StoredEvent } from '../../core/recording/index.ts'
import { isIcecoreError } from '../../errors.ts'
import { systemClock } from '../../lib/clock.ts'
import { randomIds } from '../../lib/ids.ts'
import { type Journal, JournalReader, openJournal } from '../journal/index.ts'
import { openRecordings, RecordingIndex, recordFolders } from './index.ts'

let folder: string
let kek: KeyObject
let journal: Journal
let index: RecordingIndex

const LIMITS = { ballastBytes: 0, lowWaterBytes: 0, segmentBytes: 20_000 }
const options = () => ({
  folder: recordFolders(folder).journal,
  kek,
  clock: systemClock,
  ids: randomIds,
  limits: LIMITS,
})
const reader = () => new JournalReader({ folder: recordFolders(folder).journal, kek })
const indexOptions = () => ({ path: recordFolders(folder).index, reader: reader() })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-store-'))
  kek = createSecretKey(randomBytes(32))
  journal = await openJournal(options())
  index = await RecordingIndex.open(indexOptions())
  journal.subscribe((events) => index.feed(events))
})
afterEach(async () => {
  await index.close()
  await journal.close()
  await rm(folder, { recursive: true })
})

async function record(...ids: string[]): Promise<void> {
  for (const id of ids) {
    for (const event of sessionEvents(id)) {
      await journal.append(event)
    }
  }
  await index.settled()
}

async function dump(of: RecordingIndex): Promise<unknown> {
  const { database } = of
  return {
    progress: await database.selectFrom('progress').selectAll().execute(),
    sessions: await database.selectFrom('sessions').selectAll().orderBy('id').execute(),
    statements: await database.selectFrom('statements').selectAll().orderBy('lsn').execute(),
    handles: await database.selectFrom('handles').selectAll().orderBy('query_id').execute(),
    events: await database.selectFrom('events').selectAll().orderBy('lsn').execute(),
  }
}

async function all(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const list: StoredEvent[] = []
  for await (const event of events) {
    list.push(event)
  }
  return list
}

describe('the index', () => {
  it('fed is the index rebuilt', async () => {
    await record('one', 'two', 'three')
    const rebuilt = await RecordingIndex.open({ path: null, reader: reader() })
    assert.deepEqual(await dump(index), await dump(rebuilt))
    await rebuilt.close()
  })

  it('catches up after a stop, over segments', async () => {
    await record('one')
    await index.close()
    for (const event of sessionEvents('two')) {
      await journal.append(event)
    }
    index = await RecordingIndex.open(indexOptions())
    const rebuilt = await RecordingIndex.open({ path: null, reader: reader() })
    assert.deepEqual(await dump(index), await dump(rebuilt))
    await rebuilt.close()
  })

  it('reads the journal when fed events do not follow on', async () => {
    const late = await RecordingIndex.open({ path: null, reader: reader() })
    await record('one')
    const seen: RecordedEvent[] = []
    journal.subscribe((events) => {
      seen.push(...events.map(({ event }) => event as RecordedEvent))
      late.feed(events)
    })
    await record('two')
    await late.settled()
    assert.ok(seen.length > 0)
    assert.deepEqual(await dump(late), await dump(index))
    await late.close()
  })

  it('two processes may bring it up to date at once', async () => {
    await record('one')
    const other = await RecordingIndex.open(indexOptions())
    journal.subscribe((events) => other.feed(events))
    await record('two')
    await other.settled()
    const rebuilt = await RecordingIndex.open({ path: null, reader: reader() })
    assert.deepEqual(await dump(index), await dump(rebuilt))
    await Promise.all([rebuilt.close(), other.close()])
  })

  it('holds no SQL, literal, bind, row or claim in clear, and the journal nothing at all', async () => {
    await record('one')
    const { index: indexFile, journal: journalFolder } = recordFolders(folder)
    const stored = Buffer.concat([
      await readFile(indexFile),
      await readFile(`${indexFile}-wal`),
      await readFile(join(journalFolder, segmentName(1))),
    ]).toString('latin1')
    for (const secret of ['literal-canary', 'bind-canary', 'row-canary', 'claim-canary', 'canary@example.com']) {
      assert.ok(!stored.includes(secret), secret)
    }
    // The twin: what the index is for can be found in it.
    assert.ok(stored.includes('SELECT * FROM ORDERS WHERE NOTE = ?'))
    for (const suffix of ['', '-wal', '-shm']) assert.equal((await stat(indexFile + suffix)).mode & 0o077, 0, suffix)
  })

  for (const [name, change] of [
    ['another schema', 'PRAGMA user_version = 99'],
    ['another journal', "UPDATE progress SET chain = '00'"],
  ] as const) {
    it(`is made again when it is of ${name}`, async () => {
      await record('one')
      const expected = await dump(index)
      await index.close()
      const database = new DatabaseSync(recordFolders(folder).index)
      database.exec(`${change}; DELETE FROM statements`)
      database.close()
      await journal.append({ type: 'session.resumed', session: 'one', facts: { openStatements: 0 } })
      index = await RecordingIndex.open(indexOptions())
      const rebuilt = await RecordingIndex.open({ path: null, reader: reader() })
      assert.deepEqual(await dump(index), await dump(rebuilt))
      assert.notDeepEqual(await dump(index), expected)
      await rebuilt.close()
    })
  }

  for (const [name, damage] of [
    ['no database at all', (bytes: Buffer) => bytes.fill('x', 0, 100)],
    ['a database with a bad page', (bytes: Buffer) => bytes.fill(0xff, 100, 4096)],
  ] as const) {
    it(`is made again when it is ${name}`, async () => {
      await record('one')
      const expected = await dump(index)
      await index.close()
      const { index: path } = recordFolders(folder)
      await writeFile(path, damage(await readFile(path)))
      index = await RecordingIndex.open(indexOptions())
      assert.deepEqual(await dump(index), expected)
    })
  }

  it('of another journal, ahead of this one, is named with what to do, and nothing is made again', async () => {
    const other = await openJournal({ ...options(), folder: join(folder, 'other') })
    for (const event of sessionEvents('one')) await other.append(event)
    await other.close()
    await record('one', 'two')
    await index.close()
    const another = new JournalReader({ folder: join(folder, 'other'), kek })
    const opening = RecordingIndex.open({ path: recordFolders(folder).index, reader: another })
    await assert.rejects(opening, (error) => {
      assert.ok(isIcecoreError(error, 'ICE_JOURNAL_DAMAGED'))
      assert.match(error.message, /the journal ends with event \d+, and its index had seen event \d+/)
      assert.ok((error.hint ?? '') !== '')
      return true
    })
    index = await RecordingIndex.open(indexOptions())
  })

  it('says so when the journal was cut off behind its back', async () => {
    await record('one', 'two')
    await index.close()
    await journal.close()
    const segments = await reader().segments()
    const last = segments.at(-1)!
    await truncate(join(recordFolders(folder).journal, last.name), last.headerBytes)
    await assert.rejects(RecordingIndex.open(indexOptions()), (error) => isIcecoreError(error, 'ICE_JOURNAL_DAMAGED'))
  })
})

describe('openRecordings', () => {
  it('lists newest first, filters and finds by prefix while the journal is written', async () => {
    await record('alpha-1', 'alpha-2', 'beta-1')
    const recordings = await openRecordings({ folder, kek })
    const ids = async (filter: object) => (await recordings.sessions(filter)).map(({ id }) => id)
    assert.deepEqual(await ids({}), ['beta-1', 'alpha-2', 'alpha-1'])
    assert.deepEqual(await ids({ limit: 1 }), ['beta-1'])
    assert.deepEqual(await ids({ principal: 'Ann' }), ['beta-1', 'alpha-2', 'alpha-1'])
    assert.deepEqual(await ids({ principal: 'reporter' }), ['beta-1', 'alpha-2', 'alpha-1'])
    assert.deepEqual(await ids({ principal: 'nobody' }), [])
    assert.deepEqual(await ids({ connection: 'shop' }), ['beta-1', 'alpha-2', 'alpha-1'])
    assert.deepEqual(await ids({ connection: 'other' }), [])
    const { opened_at } = await recordings.session('alpha-2')
    assert.deepEqual(
      await ids({ until: opened_at, since: 0 }),
      (await ids({})).slice((await ids({})).indexOf('alpha-2') + 1),
    )
    assert.equal((await recordings.session('b')).id, 'beta-1')
    for (const unknown of ['alpha', 'gamma', '', '%']) {
      await assert.rejects(recordings.session(unknown), (error) => isIcecoreError(error, 'ICE_RECORDING_UNKNOWN'))
    }
    await recordings.close()
  })

  it('lists those that came through a door without Icecore’s own', async () => {
    await record('agent')
    const [opened] = sessionEvents('own')
    if (opened?.type !== 'session.opened') assert.fail()
    await journal.append({ ...opened, facts: { ...opened.facts, door: 'none' } })
    await index.settled()
    const recordings = await openRecordings({ folder, kek })
    const ids = async (filter: object) => (await recordings.sessions(filter)).map(({ id }) => id)
    assert.deepEqual(await ids({}), ['own', 'agent'])
    assert.deepEqual(await ids({ limit: 1, throughDoor: true }), ['agent'])
    await recordings.close()
  })

  it('gives the events of one session, as they were appended, with and without an index file', async () => {
    await record('one', 'two')
    for (const withIndex of [true, false]) {
      if (!withIndex) {
        await index.close()
        await rm(recordFolders(folder).index)
      }
      const recordings = await openRecordings({ folder, kek })
      const events = await all(recordings.events('two'))
      assert.deepEqual(
        events.map(({ type, facts }) => ({ type, facts })),
        sessionEvents('two').map(({ type, facts }) => ({ type, facts })),
      )
      assert.deepEqual(await all(recordings.events('none')), [])
      const [statement, denied] = await recordings.statements('two')
      assert.equal(statement?.outcome, 'completed')
      assert.equal(statement?.rows, 2)
      assert.equal(denied?.code, 'ICE_STATEMENT_REFUSED')
      assert.equal(foldSession(events).statements.length, 2)
      await recordings.close()
    }
  })
})
