import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { copyFile, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { JournalFixture, received, renewal } from '../../../test/support/journal/journal-fixture.ts'
import type { PlacedEvent } from '../../core/recording/format/index.ts'
import { segmentName } from '../../core/recording/format/index.ts'
import { type ErrorCode, isIcecoreError } from '../../errors.ts'
import { randomIds } from '../../lib/ids.ts'
import { type JournalPosition, JournalReader, openJournal } from './index.ts'

let fixture: JournalFixture
beforeEach(async () => {
  fixture = await JournalFixture.make()
})
afterEach(() => fixture.remove())

const code = (expected: ErrorCode, text?: RegExp) => (error: unknown) => {
  assert.ok(isIcecoreError(error, expected), String(error))
  if (text !== undefined) {
    assert.match(error.message, text)
  }
  return true
}
const segment = (number: number): string => join(fixture.folder, segmentName(number))

describe('append', () => {
  it('keeps the order of calls, and gives all events of a call one flush', async () => {
    const journal = await fixture.open()
    const acknowledged: string[] = []
    const calls = Array.from({ length: 50 }, (_, index) => `s${index}`)
    const flushes: number[][] = []
    journal.subscribe((events) => flushes.push(events.map(({ event }) => event.lsn)))
    await Promise.all(
      calls.map(async (name) => {
        await journal.append(renewal(`${name}a`), renewal(`${name}b`))
        acknowledged.push(name)
      }),
    )
    assert.deepEqual(acknowledged, calls)
    assert.deepEqual(
      await fixture.sessions(),
      calls.flatMap((name) => [`${name}a`, `${name}b`]),
    )
    assert.ok(flushes.every((lsns) => lsns[0]! % 2 === 1 && lsns.length % 2 === 0))
    assert.ok(flushes.length < calls.length, `${flushes.length} flushes`)
  })

  it('resolves only when the flush is durable', async () => {
    const journal = await fixture.open()
    const release = fixture.files.hold()
    let done = false
    const append = journal.append(renewal('a')).then(() => {
      done = true
    })
    await new Promise(setImmediate)
    assert.equal(done, false)
    fixture.files.calls.length = 0
    release()
    await append
    assert.deepEqual(fixture.files.calls, ['write', 'flush'])
  })

  it('gathers what arrives during a flush into the next one', async () => {
    const journal = await fixture.open()
    const release = fixture.files.hold()
    const first = journal.append(renewal('a'))
    await new Promise(setImmediate)
    const rest = Array.from({ length: 100 }, (_, index) => journal.append(renewal(`${index}`)))
    fixture.files.calls.length = 0
    release()
    await Promise.all([first, ...rest])
    assert.equal(fixture.files.calls.filter((call) => call === 'flush').length, 2)
  })

  it('splits flushes by size, rotates segments, and reads large bodies back', async () => {
    const journal = await fixture.open({ segmentBytes: 1_000_000, flushBytes: 300_000 })
    const bodies = Array.from({ length: 12 }, () => randomBytes(290_000))
    await Promise.all(bodies.map((body, index) => journal.append(renewal(`${index}`, body))))
    const events = await fixture.events()
    assert.deepEqual(
      events.map(({ body }) => body),
      bodies,
    )
    assert.ok((await new JournalReader(fixture).segments()).length >= 4)
  })

  it('refuses an event larger than its limit, and goes on', async () => {
    const journal = await fixture.open({ eventBytes: 1000 })
    await assert.rejects(journal.append(renewal('a', new Uint8Array(1001))), code('ICE_RECORD_UNAVAILABLE'))
    await journal.append(renewal('b', new Uint8Array(1000)))
    assert.deepEqual(await fixture.sessions(), ['b'])
  })

  it('tells subscribers of each durable event, with its place', async () => {
    const journal = await fixture.open()
    const seen: PlacedEvent[] = []
    const stop = journal.subscribe((events) => seen.push(...events))
    await journal.append(renewal('a'), renewal('b'))
    stop()
    await journal.append(renewal('c'))
    const reader = new JournalReader(fixture)
    assert.deepEqual(
      seen.map(({ event }) => event.session),
      ['a', 'b'],
    )
    for (const { event, place } of seen) {
      assert.deepEqual(await reader.readAt(event.lsn, place), event)
    }
    await assert.rejects(reader.readAt(2, seen[0]!.place), code('ICE_JOURNAL_DAMAGED'))
  })

  it('after close is refused', async () => {
    const journal = await fixture.open()
    await journal.close()
    await assert.rejects(journal.append(renewal('a')), code('ICE_RECORD_UNAVAILABLE'))
    assert.deepEqual(await fixture.types(), ['journal.closed'])
  })
})

describe('a reader beside the writer', () => {
  it('stops at the tail, and reads on from there', async () => {
    const journal = await fixture.open({ segmentBytes: 2000 })
    const reader = new JournalReader(fixture)
    await journal.append(renewal('a'))
    const first = reader.read()
    const event = await first.next()
    assert.equal(event.done === true ? null : event.value.event.session, 'a')
    const end = await first.next()
    assert.equal(end.done, true)
    for (let index = 0; index < 40; index += 1) {
      await journal.append(renewal(`${index}`))
    }
    const later = await placed(reader, end.value as JournalPosition)
    assert.deepEqual(
      later.map(({ event }) => event.session),
      Array.from({ length: 40 }, (_, index) => `${index}`),
    )
  })

  it('leaves a frame that is half written for later', async () => {
    const journal = await fixture.open()
    await journal.append(renewal('a'))
    const torn = await open(segment(1), 'r+')
    const { size } = await torn.stat()
    const end = size - 4096
    await torn.write(Buffer.from([0, 0, 0, 200, 1, 2, 3, 4, 0, 0]), 0, 10, end)
    await torn.close()
    assert.deepEqual(await fixture.sessions(), ['a'])
  })
})

describe('at start', () => {
  it('the journal goes on in a new segment, with the next number', async () => {
    for (const session of ['a', 'b', 'c']) {
      const journal = await fixture.open()
      await journal.append(renewal(session))
      await journal.close()
    }
    assert.deepEqual(await fixture.sessions(), ['a', 'b', 'c'])
    assert.deepEqual(
      (await fixture.events()).map(({ lsn }) => lsn),
      [1, 2, 3, 4, 5, 6],
    )
    assert.equal((await readdir(fixture.folder)).filter((name) => name.endsWith('.journal')).length, 3)
  })

  it('a torn end is dropped, and said so', async () => {
    const first = await fixture.open({ aheadBytes: 0 })
    await first.append(renewal('a'))
    await first.append(renewal('b'))
    await copyFile(segment(1), `${segment(1)}.copy`)
    await first.close()
    const bytes = await readFile(`${segment(1)}.copy`)
    await writeFile(segment(1), bytes.subarray(0, bytes.length - 7))
    await fixture.open()
    const events = await fixture.events()
    assert.deepEqual(
      events.map(({ type }) => type),
      ['session.resumed', 'journal.recovered'],
    )
    assert.equal((events[1]!.facts as { droppedBytes: number }).droppedBytes > 0, true)
    assert.equal((events[1]!.facts as { segment: string }).segment, segmentName(1))
    const whole = await readFile(segment(1))
    assert.ok(whole.equals(bytes.subarray(0, whole.length)))
    assert.equal(whole.length + (events[1]!.facts as { droppedBytes: number }).droppedBytes, bytes.length - 7)
  })

  const damages: [string, (path: string) => Promise<void>, ErrorCode, RegExp][] = [
    [
      'a flipped bit',
      (path) => flip(path, 200),
      'ICE_JOURNAL_DAMAGED',
      /0000000001.journal, byte 164: .*event 1 is damaged/,
    ],
    ['a damaged header', (path) => flip(path, 60), 'ICE_JOURNAL_DAMAGED', /0000000001.journal has a damaged header/],
    ['a missing segment', (path) => rm(path), 'ICE_JOURNAL_DAMAGED', /0000000001.journal is missing/],
    ['a newer version', (path) => patch(path, 9, 2), 'ICE_JOURNAL_DAMAGED', /has format 2.0/],
    [
      'a shortened segment',
      (path) => shorten(path, 300),
      'ICE_JOURNAL_DAMAGED',
      /event 2 (is missing|is damaged)|frame of event/,
    ],
  ]
  for (const [name, damage, expected, text] of damages) {
    it(`${name} is refused by name, and nothing is changed`, async () => {
      for (const session of ['a', 'b']) {
        const journal = await fixture.open()
        await journal.append(renewal(session))
        await journal.append(renewal(session))
        await journal.close()
      }
      await damage(segment(1))
      const before = await readFile(segment(2))
      await assert.rejects(fixture.open(), code(expected, text))
      await assert.rejects(fixture.events(), code(expected, text))
      assert.deepEqual(await readFile(segment(2)), before)
    })
  }

  it('the last segment of an orderly stop is checked to its end', async () => {
    const journal = await fixture.open()
    await journal.append(renewal('a'))
    await journal.close()
    await flip(segment(1), 250)
    await assert.rejects(fixture.open(), code('ICE_JOURNAL_DAMAGED', /event 1 is damaged/))
  })

  it('of old segments the headers are checked at start, and all of them when they are read', async () => {
    for (const session of ['a', 'b', 'c']) {
      const journal = await fixture.open()
      await journal.append(renewal(session))
      await journal.close()
    }
    await flip(segment(1), 250)
    await (await fixture.open({ verifyBytes: 1 })).close()
    await assert.rejects(fixture.events(), code('ICE_JOURNAL_DAMAGED', /event 1 is damaged/))
    await flip(segment(1), 60)
    await assert.rejects(fixture.open({ verifyBytes: 1 }), code('ICE_JOURNAL_DAMAGED', /a damaged header/))
  })

  it('another key is refused as another key', async () => {
    await (await fixture.open()).close()
    const options = { folder: fixture.folder, clock: fixture.clock, ids: randomIds }
    const opening = openJournal({ ...options, kek: createSecretKey(randomBytes(32)) })
    await assert.rejects(opening, code('ICE_KEY_INVALID', /another key/))
  })

  it('a second writer is refused with the pid of the first, and may come after it', async () => {
    const journal = await fixture.open()
    await assert.rejects(fixture.open(), code('ICE_DATA_FOLDER', new RegExp(`process ${process.pid} is writing`)))
    await journal.close()
    await fixture.open()
  })

  it('files are for their owner only', async () => {
    await fixture.open()
    for (const name of await readdir(fixture.folder)) {
      const { mode } = await stat(join(fixture.folder, name))
      assert.equal(mode & 0o077, 0, name)
    }
  })
})

describe('when the disk fails', () => {
  it('short writes are carried on with', async () => {
    const journal = await fixture.open()
    fixture.files.writeShort(3)
    await journal.append(renewal('a', randomBytes(50_000)), renewal('b'))
    assert.deepEqual(await fixture.types(), ['session.resumed', 'session.resumed'])
  })

  for (const [operation, errno] of [
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['flush', 'EIO'],
  ] as const) {
    it(`${errno} on ${operation}: the events go into a new segment, and nothing is written to the old one`, async () => {
      const journal = await fixture.open()
      await journal.append(renewal('a'))
      fixture.files.fail(operation, errno)
      const size = (await stat(segment(1))).size
      await Promise.all([journal.append(renewal('b')), journal.append(renewal('c'))])
      await journal.append(renewal('d'))
      assert.equal(journal.failure(), null)
      assert.equal((await stat(segment(1))).size, size)
      const types = await fixture.types()
      assert.deepEqual(types, ['session.resumed', 'journal.continued', ...Array(3).fill('session.resumed')])
      assert.deepEqual(await fixture.sessions(), ['a', 'b', 'c', 'd'])
      await journal.close()
      assert.equal(fixture.files.open, 0)
      await fixture.open()
    })
  }

  it('a second failure refuses everything that waits, and says so in the record', async () => {
    const journal = await fixture.open()
    await journal.append(renewal('a'))
    fixture.files.fail('flush', 'EIO', 2)
    const results = await Promise.allSettled([journal.append(renewal('b')), journal.append(renewal('c'))])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    for (const result of results) {
      code('ICE_RECORD_UNAVAILABLE')((result as PromiseRejectedResult).reason)
    }
    assert.equal(journal.failure(), 'EIO')
    await assert.rejects(journal.append(renewal('d')), code('ICE_RECORD_UNAVAILABLE'))
    await journal.settled()
    assert.deepEqual(await fixture.types(), ['session.resumed', 'journal.failed'])
    assert.deepEqual(await fixture.sessions(), ['a'])
  })

  it('a failed journal comes back by itself when it can write again, not before', async () => {
    const journal = await fixture.open({ probeMs: 5000 })
    fixture.files.fail('flush', 'ENOSPC', 1000)
    await assert.rejects(journal.append(renewal('a')), code('ICE_RECORD_UNAVAILABLE'))
    await journal.settled()
    fixture.clock.advance(5000)
    await journal.settled()
    assert.equal(journal.failure(), 'ENOSPC')
    fixture.files.heal()
    fixture.clock.advance(5000)
    await journal.settled()
    assert.equal(journal.failure(), null)
    await journal.append(renewal('b'))
    assert.deepEqual(await fixture.types(), ['journal.resumed', 'session.resumed'])
    const [resumed] = await fixture.events()
    assert.deepEqual(resumed?.facts, { failedForMs: 10_000, refusedAppends: 1 })
    assert.deepEqual(await readdir(fixture.folder).then((names) => names.includes('ballast')), true)
  })

  it('a write that never ends is a failure, and its late end the recovery', async () => {
    const journal = await fixture.open({ stallMs: 30_000 })
    const release = fixture.files.hold()
    const append = journal.append(renewal('a'))
    await new Promise(setImmediate)
    fixture.clock.advance(30_000)
    await assert.rejects(append, code('ICE_RECORD_UNAVAILABLE'))
    assert.match(journal.failure() ?? '', /has not finished a write for 30000 ms/)
    release()
    await journal.settled()
    assert.equal(journal.failure(), null)
    // What was refused may be on record: the record is an upper bound of what happened.
    assert.deepEqual(await fixture.types(), ['session.resumed', 'journal.resumed'])
  })

  it('little space refuses new work, and lets work under way be recorded', async () => {
    const journal = await fixture.open({ lowWaterBytes: 1000, probeMs: 5000 })
    fixture.files.free = 999
    fixture.clock.advance(5000)
    await journal.settled()
    assert.match(journal.failure() ?? '', /only 999 bytes are free/)
    await assert.rejects(journal.append(received('a')), code('ICE_RECORD_UNAVAILABLE'))
    await journal.append(renewal('b'))
    fixture.files.free = 1000
    fixture.clock.advance(5000)
    await journal.settled()
    assert.equal(journal.failure(), null)
    await journal.append(received('c'))
  })

  it('what comes during the recovery waits its turn', async () => {
    const journal = await fixture.open({ probeMs: 5000 })
    fixture.files.fail('flush', 'ENOSPC', 3)
    await assert.rejects(journal.append(renewal('a')), code('ICE_RECORD_UNAVAILABLE'))
    await journal.settled()
    fixture.clock.advance(5000)
    while (journal.failure() !== null) {
      await new Promise(setImmediate)
    }
    await Promise.all([journal.append(renewal('b')), journal.append(renewal('c'))])
    assert.deepEqual(await fixture.types(), ['journal.resumed', 'session.resumed', 'session.resumed'])
  })

  it('a wall clock that was set is on record, before what was recorded after it', async () => {
    const journal = await fixture.open()
    await journal.append(renewal('a'))
    fixture.clock.advance(3_600_000)
    await journal.append(renewal('b'))
    fixture.clock.stepWall(-7_200_000)
    await journal.append(renewal('c'))
    fixture.clock.stepWall(999)
    await journal.append(renewal('d'))
    const events = await fixture.events()
    assert.deepEqual(
      events.map(({ type, session }) => session ?? type),
      ['a', 'b', 'journal.clockStepped', 'c', 'd'],
    )
    assert.deepEqual(events[2]?.facts, { byMs: -7_200_000 })
    assert.ok(events.every(({ monotonic }, index) => index === 0 || monotonic >= events[index - 1]!.monotonic))
  })

  it('a segment that is removed while it is written takes no more events, and nothing goes on after the hole', async () => {
    const journal = await fixture.open({ probeMs: 5000 })
    await journal.append(renewal('a'))
    await rm(segment(1))
    await assert.rejects(journal.append(renewal('b')), code('ICE_RECORD_UNAVAILABLE'))
    assert.match(journal.failure() ?? '', /segment 0000000001\.journal is no longer in its folder/)
    await journal.settled()
    fixture.clock.advance(5000)
    await journal.settled()
    assert.match(journal.failure() ?? '', /no longer in its folder/)
    assert.deepEqual(
      (await readdir(fixture.folder)).filter((name) => name.endsWith('.journal')),
      [],
    )
  })

  it('a folder that cannot be written is refused at start, and not locked', async () => {
    fixture.files.fail('create', 'EROFS')
    await assert.rejects(fixture.open(), code('ICE_DATA_FOLDER', /EROFS/))
    await fixture.open()
  })
})

async function placed(reader: JournalReader, from: JournalPosition): Promise<PlacedEvent[]> {
  const events: PlacedEvent[] = []
  for await (const event of reader.read(from)) {
    events.push(event)
  }
  return events
}

async function patch(path: string, at: number, value: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.from([value]), 0, 1, at)
  await file.close()
}

async function flip(path: string, at: number): Promise<void> {
  await patch(path, at, (await readFile(path))[at]! ^ 1)
}

async function shorten(path: string, length: number): Promise<void> {
  await writeFile(path, (await readFile(path)).subarray(0, length))
}
