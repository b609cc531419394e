import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import { JournalFixture, renewal } from '../../../test/support/journal/journal-fixture.ts'
import { type DamageKind, type PlacedEvent, segmentName } from '../../core/recording/format/index.ts'
import { isIcecoreError } from '../../errors.ts'
import { JournalCheck, JournalReader, type VerifyProgress, verifyJournal } from './index.ts'

const SEGMENTS = 5
const EVENTS = 4

let fixture: JournalFixture
let other: JournalFixture
/** The frames of segment 2, as they were written. */
let frames: readonly PlacedEvent[]

beforeEach(async () => {
  fixture = await JournalFixture.make()
  await fill(fixture)
  frames = (await placed()).filter(({ place }) => place.segment === 2)
})
afterEach(() => fixture.remove())
before(async () => {
  other = await JournalFixture.make()
  await fill(other)
})
after(() => other.remove())

/** Five segments, each of an orderly stop, with the same sessions in every journal. */
async function fill(journals: JournalFixture): Promise<void> {
  for (let number = 1; number <= SEGMENTS; number += 1) {
    const journal = await journals.open()
    for (let event = 1; event < EVENTS; event += 1) await journal.append(renewal(`${number}/${event}`, randomBytes(40)))
    await journal.close()
  }
}

const path = (number: number, folder = fixture.folder): string => join(folder, segmentName(number))

async function placed(): Promise<PlacedEvent[]> {
  const events: PlacedEvent[] = []
  for await (const event of new JournalReader(fixture).read()) events.push(event)
  return events
}

async function change(number: number, edit: (bytes: Buffer) => Buffer): Promise<void> {
  await writeFile(path(number), edit(await readFile(path(number))))
}

function put(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt8(value, at)
  return bytes
}

/** Flips a bit of the second frame of segment 2; `forged` makes its checksum right again. */
async function flip(at: number, forged = false): Promise<void> {
  const { offset, bytes: length } = frames[1]!.place
  await change(2, (bytes) => {
    const frame = bytes.subarray(offset, offset + length)
    frame[at < 0 ? length + at : at]! ^= 1
    if (forged) frame.writeUInt32BE(crc32(frame.subarray(8), crc32(frame.subarray(0, 4))), 4)
    return bytes
  })
}

describe('a whole journal', () => {
  it('is verified to its last event, with word of the progress', async () => {
    const progress: VerifyProgress[] = []
    const found = await verifyJournal(fixture.folder, fixture.kek, (step) => void progress.push(step))
    const sizes = await Promise.all(Array.from({ length: SEGMENTS }, (_, index) => readFile(path(index + 1))))
    const bytes = sizes.reduce((sum, { length }) => sum + length, 0)
    assert.deepEqual(found, { segments: SEGMENTS, events: SEGMENTS * EVENTS, bytes, damages: [], tornBytes: 0 })
    assert.deepEqual(
      progress.map(({ segment, read, segments }) => [segment, read, segments]),
      Array.from({ length: SEGMENTS }, (_, index) => [segmentName(index + 1), index + 1, SEGMENTS]),
    )
    assert.equal(progress.at(-1)?.bytes, bytes)
  })

  it('may be written meanwhile', async () => {
    const journal = await fixture.open({ segmentBytes: 3000 })
    const writing = Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let event = 0; event < 40; event += 1)
          await journal.append(renewal(`${writer}/${event}`, randomBytes(500)))
      }),
    )
    for (let round = 0; round < 5; round += 1) {
      const { damages } = await verifyJournal(fixture.folder, fixture.kek)
      assert.deepEqual(damages, [])
    }
    await writing
  })

  it('with an unfinished write at its end is whole up to there, and the bytes are counted', async () => {
    await change(SEGMENTS, (bytes) => bytes.subarray(0, -9))
    const found = await verifyJournal(fixture.folder, fixture.kek)
    assert.deepEqual([found.damages, found.events], [[], SEGMENTS * EVENTS - 1])
    assert.ok(found.tornBytes > 0)
  })

  it('of which a given-up segment is a part, is whole', async () => {
    const journal = await fixture.open()
    await journal.append(renewal('a'))
    fixture.files.fail('flush', 'EIO')
    await journal.append(renewal('b'))
    await journal.close()
    assert.deepEqual((await verifyJournal(fixture.folder, fixture.kek)).damages, [])
  })
})

/** What was done, and what must be named: kind, segment and the words about it. */
type Case = readonly [string, () => Promise<void>, DamageKind, number, RegExp]

const CASES: readonly Case[] = [
  ['the length of a frame flipped', () => flip(1), 'frame_damaged', 2, /byte \d+: the frame of event 6 is damaged/],
  ['a length that is a little less', () => flip(3), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['the checksum of a frame flipped', () => flip(4), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['the number of a frame flipped', () => flip(15), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['the flush offset of a frame flipped', () => flip(19), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['the chain of a frame flipped', () => flip(30), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['the payload of a frame flipped', () => flip(60), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['the tag of a frame flipped', () => flip(-1), 'frame_damaged', 2, /the frame of event 6 is damaged/],
  ['a number flipped by a forger', () => flip(15, true), 'gap', 2, /event 6 is missing, and event 7 stands in its/],
  ['a flush offset by a forger', () => flip(19, true), 'not_authentic', 2, /event 6 is not as it was written/],
  ['a chain by a forger', () => flip(30, true), 'chain_broken', 2, /event 6 does not follow the event before it/],
  ['a payload by a forger', () => flip(60, true), 'not_authentic', 2, /event 6 is not as it was written/],
  ['a tag by a forger', () => flip(-1, true), 'not_authentic', 2, /event 6 is not as it was written/],
  ['a header flipped', () => change(2, (bytes) => put(bytes, 60, 0xff)), 'header_damaged', 2, /a damaged header/],
  ['a magic flipped', () => change(2, (bytes) => put(bytes, 0, 0xff)), 'not_a_segment', 2, /does not begin as/],
  ['a newer major version', () => change(2, (bytes) => put(bytes, 9, 2)), 'newer_version', 2, /has format 2\.0/],
  [
    'an older segment cut between two frames',
    () => change(2, (bytes) => bytes.subarray(0, frames[1]!.place.offset)),
    'gap',
    2,
    /event 6 is missing, and the next segment begins with 9/,
  ],
  [
    'an older segment cut within a frame',
    () => change(2, (bytes) => bytes.subarray(0, frames[1]!.place.offset + 20)),
    'frame_damaged',
    2,
    /the frame of event 6 is damaged/,
  ],
  ['an empty file', () => change(2, () => Buffer.alloc(0)), 'not_a_segment', 2, /does not begin as/],
  ['a missing segment', () => rm(path(2)), 'segment_missing', 2, /segment 0000000002\.journal is missing/],
  ['two missing segments', () => removeAll(2, 3), 'segment_missing', 2, /0000000002\.journal (to 0000000003|is miss)/],
  ['a doubled segment', () => copyFile(path(2), path(3)), 'not_authentic', 3, /says that it is 0000000002\.journal/],
  ['two swapped segments', () => swap(2, 3), 'not_authentic', 2, /says that it is 0000000003\.journal/],
  [
    'a doubled segment at the end',
    () => copyFile(path(2), path(SEGMENTS + 1)),
    'not_authentic',
    SEGMENTS + 1,
    /says that it is 0000000002\.journal/,
  ],
  [
    'a segment of another journal under the same key',
    () => mixIn(true),
    'chain_broken',
    3,
    /segment 0000000003\.journal does not follow/,
  ],
  [
    'a segment of another journal under another key',
    () => mixIn(false),
    'foreign_key',
    3,
    /written under another key-encryption key than the others/,
  ],
  ['a folder in place of a segment', () => folderInPlace(2), 'unreadable', 2, /cannot be read \(EISDIR\)/],
]

describe('a journal that was tampered with, or has rotted', () => {
  for (const [name, damage, kind, number, text] of CASES) {
    it(`${name}: named by the verification, the reader and the start; nothing is changed`, async () => {
      await damage()
      const files = await contents()
      const { damages } = await verifyJournal(fixture.folder, fixture.kek)
      assert.ok(damages.length > 0)
      assert.deepEqual([damages[0]?.kind, damages[0]?.segment], [kind, segmentName(number)])
      assert.match(damages[0]?.text ?? '', text)
      for (const refused of [() => fixture.events(), () => fixture.open()]) {
        await assert.rejects(refused, (error) => {
          assert.ok(isIcecoreError(error, 'ICE_JOURNAL_DAMAGED'), String(error))
          assert.match(error.message, text)
          assert.ok((error.hint ?? '') !== '')
          return true
        })
      }
      assert.deepEqual(await contents(), files)
    })
  }

  it('every damage is named, each in its segment, and the rest is counted', async () => {
    await flip(60)
    await change(4, (bytes) => put(bytes, 60, 0xff))
    const { damages, events } = await verifyJournal(fixture.folder, fixture.kek)
    assert.deepEqual(
      damages.map(({ kind, segment }) => [kind, segment]),
      [
        ['frame_damaged', segmentName(2)],
        ['header_damaged', segmentName(4)],
      ],
    )
    assert.equal(damages[0]?.offset, frames[1]!.place.offset)
    assert.equal(events, 3 * EVENTS + 1)
  })

  it('a file that passes itself off as a segment is named without what its name would do to a terminal', async () => {
    await writeFile(join(fixture.folder, '\u001b[2Jwhole\u202e.journal'), '')
    const { damages } = await verifyJournal(fixture.folder, fixture.kek)
    assert.deepEqual(
      damages.map(({ kind }) => kind),
      ['not_a_segment'],
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    assert.doesNotMatch(damages[0]?.text ?? '', /[\u0000-\u001f\u202e]/)
    assert.match(damages[0]?.text ?? '', /2Jwhole/)
    await assert.rejects(fixture.open(), (error) => isIcecoreError(error, 'ICE_JOURNAL_DAMAGED'))
  })

  it('another key is said of the key, not of the journal', async () => {
    const key = createSecretKey(randomBytes(32))
    await assert.rejects(verifyJournal(fixture.folder, key), (error) => isIcecoreError(error, 'ICE_KEY_INVALID'))
  })
})

describe('the check after a start', () => {
  const LIMITS = { verifyBytes: 1 }

  async function check(journal: Awaited<ReturnType<JournalFixture['open']>>) {
    const lines: { readonly event: string; readonly fields: unknown }[] = []
    const note = (event: string, fields: unknown = {}): void => void lines.push({ event, fields })
    const log = { info: note, warn: note, error: note }
    const { folder, kek } = fixture
    const checking = new JournalCheck({ journal, folder, kek, log })
    await checking.start()
    return { checking, lines }
  }

  it('finds damage in what the start left unread: logged, shown and on record', async () => {
    await flip(60)
    const { checking, lines } = await check(await fixture.open(LIMITS))
    const [reason] = checking.reasons()
    assert.match(reason ?? '', /damaged: segment 0000000002\.journal, byte \d+: the frame of event 6 .*backup/)
    assert.partialDeepStrictEqual(lines[0], { event: 'journal.damaged', fields: { segment: segmentName(2), lsn: 6 } })
    await change(2, () => repaired)
    const events = await fixture.events()
    assert.partialDeepStrictEqual(events.at(-2), {
      type: 'journal.damaged',
      facts: { kind: 'frame_damaged', segment: segmentName(2), offset: frames[1]!.place.offset, lsn: 6 },
    })
    assert.partialDeepStrictEqual(events.at(-1), {
      type: 'journal.verified',
      facts: { segments: SEGMENTS - 1, events: (SEGMENTS - 1) * EVENTS - 3, damages: 1 },
    })
  })

  it('says that a whole journal is whole', async () => {
    const { checking } = await check(await fixture.open(LIMITS))
    assert.deepEqual(checking.reasons(), [])
    const events = await fixture.events()
    assert.partialDeepStrictEqual(events.at(-1), {
      type: 'journal.verified',
      facts: { segments: SEGMENTS - 1, events: (SEGMENTS - 1) * EVENTS, damages: 0 },
    })
  })

  it('has nothing to do where the start read everything', async () => {
    const { lines } = await check(await fixture.open())
    assert.deepEqual(lines, [])
    assert.equal((await fixture.types()).includes('journal.verified'), false)
  })

  it('does not keep a stop waiting', async () => {
    const journal = await fixture.open(LIMITS)
    const { folder, kek } = fixture
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const checking = new JournalCheck({ journal, folder, kek, log: silent, bytesPerSecond: 1 })
    const done = checking.start()
    await checking.close()
    await done
    assert.equal((await fixture.types()).includes('journal.verified'), false)
  })

  let repaired: Buffer
  beforeEach(async () => {
    repaired = await readFile(path(2))
  })
})

async function contents(): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(fixture.folder)).filter((name) => /^\d{10}\.journal$/.test(name)).sort()
  const read = names.map(async (name) => {
    const bytes = await readFile(join(fixture.folder, name)).catch(() => Buffer.from('a folder'))
    return [name, bytes] as const
  })
  return new Map(await Promise.all(read))
}

async function removeAll(...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await rm(path(number))
}

async function swap(one: number, another: number): Promise<void> {
  await rename(path(one), `${path(one)}.kept`)
  await rename(path(another), path(one))
  await rename(`${path(one)}.kept`, path(another))
}

async function folderInPlace(number: number): Promise<void> {
  await rm(path(number))
  await mkdir(path(number))
}

/** Segment 3 of a journal with the same number of events before it. */
async function mixIn(sameKey: boolean): Promise<void> {
  if (!sameKey) {
    await copyFile(path(3, other.folder), path(3))
    return
  }
  const twin = await JournalFixture.make(fixture.kek)
  await fill(twin)
  await copyFile(path(3, twin.folder), path(3))
  await twin.remove()
}
