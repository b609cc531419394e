import assert from 'node:assert/strict'
import { createCipheriv, createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import {
  type BuiltSegment,
  buildSegment,
  payloadsOf,
  VECTOR_KEK,
} from '../../../../test/support/recording/build-segment.ts'
import { isIcecoreError } from '../../../errors.ts'
import type { EventInput, StoredEvent } from '../index.ts'
import {
  checkContinuity,
  checkSequence,
  type Damage,
  type DamageKind,
  damageError,
  decodeFrame,
  deriveKey,
  encodeFrame,
  hashOf,
  type OpenSegment,
  openSegment,
  readSegment,
  type SegmentEnd,
  segmentStart,
} from './index.ts'

const KEK = VECTOR_KEK
const OTHER_KEK = createSecretKey(Buffer.alloc(32, 1))

function renewal(session: string, body?: Uint8Array): EventInput {
  return { type: 'session.resumed', session, facts: { openStatements: 0 }, ...(body === undefined ? {} : { body }) }
}

/** Three flushes: one event, two, one. */
function sample(): BuiltSegment {
  const payloads = payloadsOf([renewal('a'), renewal('b', Buffer.from('body')), renewal('c'), renewal('d')])
  return buildSegment([[payloads[0]!], [payloads[1]!, payloads[2]!], [payloads[3]!]])
}

function read(segment: OpenSegment, bytes: Buffer, until: number | null = null) {
  const start = segmentStart(segment)
  const generator = readSegment({ segment, bytes: bytes.subarray(start.offset), base: start.offset, until }, start)
  const events: StoredEvent[] = []
  let step = generator.next()
  while (step.done !== true) {
    events.push(step.value.event)
    step = generator.next()
  }
  return { events, end: step.value }
}

function damageOf(end: SegmentEnd): Damage {
  assert.equal(end.status, 'damaged')
  return (end as Extract<SegmentEnd, { status: 'damaged' }>).damage
}

function tornBytes(end: SegmentEnd): number {
  assert.equal(end.status, 'complete')
  return (end as Extract<SegmentEnd, { status: 'complete' }>).tornBytes
}

const sessions = (events: readonly StoredEvent[]): (string | null)[] => events.map(({ session }) => session)

describe('a segment header', () => {
  const { bytes, open } = sample()
  const header = bytes.subarray(0, open.headerBytes)
  const opening = (changed: Buffer, kek = KEK, name = open.name) => openSegment(name, changed, kek, hashOf)
  const kindOf = (changed: Buffer, kek = KEK, name = open.name): DamageKind | null => {
    const result = opening(changed, kek, name)
    return result.ok ? null : result.damage.kind
  }
  const withChecksum = (change: (header: Buffer) => void): Buffer => {
    const changed = Buffer.from(header)
    change(changed)
    changed.writeUInt32BE(crc32(changed.subarray(0, -4)), changed.length - 4)
    return changed
  }

  it('opens with its key', () => assert.equal(kindOf(header), null))

  it('shows each flipped bit', () => {
    for (let bit = 0; bit < header.length * 8; bit += 1) {
      const changed = Buffer.from(header)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      assert.notEqual(kindOf(changed), null, `bit ${bit}`)
    }
  })

  it('shows each changed byte also where the checksum was made right again', () => {
    for (let at = 0; at < header.length - 4; at += 1) {
      assert.notEqual(
        kindOf(withChecksum((changed) => changed.writeUInt8(changed[at]! ^ 0xff, at))),
        null,
        `byte ${at}`,
      )
    }
  })

  it('of a newer minor version opens, its longer header included', () => {
    const longer = Buffer.concat([header.subarray(0, 160), Buffer.from('extension'), Buffer.alloc(4)])
    longer.writeUInt16BE(7, 10)
    longer.writeUInt32BE(longer.length, 12)
    const cipher = createCipheriv('aes-256-gcm', deriveKey(KEK, 'journal-wrap'), longer.subarray(100, 112))
    cipher.setAAD(Buffer.concat([longer.subarray(0, 100), longer.subarray(160, -4)]))
    cipher.update(Buffer.alloc(32, 0x44)).copy(longer, 112)
    cipher.final()
    cipher.getAuthTag().copy(longer, 144)
    longer.writeUInt32BE(crc32(longer.subarray(0, -4)), longer.length - 4)
    const result = opening(longer)
    assert.ok(result.ok)
    assert.deepEqual([result.segment.header.minor, result.segment.headerBytes], [7, 173])
    assert.ok(result.segment.key.equals(open.key))
  })

  const refusals: [string, Buffer, DamageKind, RegExp][] = [
    ['another file', Buffer.from('SQLite format 3\0'.repeat(20)), 'not_a_segment', /does not begin/],
    ['an empty file', Buffer.alloc(0), 'not_a_segment', /does not begin/],
    ['a newer major version', withChecksum((head) => head.writeUInt16BE(2, 8)), 'newer_version', /format 2\.0/],
    ['a cut header', header.subarray(0, 100), 'header_damaged', /damaged header/],
  ]
  for (const [name, changed, kind, text] of refusals) {
    it(`refuses ${name} by name`, () => {
      const result = opening(changed)
      assert.ok(!result.ok)
      assert.equal(result.damage.kind, kind)
      assert.match(result.damage.text, text)
    })
  }

  it('tells another key from damage', () => {
    assert.equal(kindOf(header, OTHER_KEK), 'wrong_key')
    const result = opening(header, OTHER_KEK)
    assert.ok(!result.ok)
    assert.ok(isIcecoreError(damageError(result.damage), 'ICE_KEY_INVALID'))
  })

  it('does not open under another name', () => assert.equal(kindOf(header, KEK, '0000000002.journal'), 'not_authentic'))
})

describe('frames', () => {
  it('come back as they were written, however they were flushed', () => {
    const event = fc.record({ session: fc.string(), body: fc.uint8Array({ maxLength: 300 }) })
    const flushes = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
    fc.assert(
      fc.property(flushes, fc.nat(200), (written, zeros) => {
        const built = buildSegment(
          written.map((flush) => payloadsOf(flush.map(({ session, body }) => renewal(session, body)))),
        )
        const { events, end } = read(built.open, Buffer.concat([built.bytes, Buffer.alloc(zeros)]))
        const expected = written.flat()
        assert.deepEqual(
          sessions(events),
          expected.map(({ session }) => session.toWellFormed()),
        )
        assert.deepEqual(
          events.map(({ body }) => Buffer.from(body ?? [])),
          expected.map(({ body }) => Buffer.from(body)),
        )
        assert.deepEqual(
          events.map(({ lsn }) => lsn),
          expected.map((_, index) => index + 1),
        )
        assert.equal(tornBytes(end), 0)
      }),
      { numRuns: 60 },
    )
  })

  it('cut at any byte give exactly the whole ones before', () => {
    const { open, bytes, offsets } = sample()
    for (let length = open.headerBytes; length <= bytes.length; length += 1) {
      const { events, end } = read(open, bytes.subarray(0, length))
      const whole = offsets.filter((offset) => offset <= length).length - 1
      assert.equal(events.length, whole, `cut at ${length}`)
      // Bytes that are zero cannot be told from space that was not written.
      assert.ok(tornBytes(end) <= length - offsets[whole]!)
    }
  })

  it('show each flipped bit, and call it damage wherever a later flush proves it', () => {
    const { open, bytes, offsets } = sample()
    for (let bit = open.headerBytes * 8; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const frame = offsets.findLastIndex((offset) => offset <= bit >> 3)
      const { events, end } = read(open, changed)
      assert.deepEqual(sessions(events), ['a', 'b', 'c', 'd'].slice(0, frame), `bit ${bit}`)
      const lastFlush = frame === 3
      assert.equal(end.status, lastFlush ? 'complete' : 'damaged', `bit ${bit}`)
      if (lastFlush) {
        assert.equal(tornBytes(end), bytes.length - offsets[3]!)
      } else {
        assert.equal(damageOf(end).kind, 'frame_damaged')
        assert.equal(damageOf(end).offset, offsets[frame])
        assert.equal(damageOf(end).lsn, frame + 1)
      }
    }
  })

  it('of one flush may have reached the disk in any order', () => {
    const payloads = payloadsOf([renewal('a'), renewal('b'), renewal('c')])
    const { open, bytes, offsets } = buildSegment([[payloads[0]!], [payloads[1]!, payloads[2]!]])
    bytes.fill(0, offsets[1], offsets[1]! + 60)
    const { events, end } = read(open, bytes)
    assert.deepEqual(sessions(events), ['a'])
    assert.equal(tornBytes(end), bytes.length - offsets[1]!)
  })

  it('in a segment that is not the last are all needed', () => {
    const { open, bytes, offsets } = sample()
    assert.deepEqual(sessions(read(open, bytes, 5).events), ['a', 'b', 'c', 'd'])
    assert.equal(damageOf(read(open, bytes, 6).end).kind, 'gap')
    assert.equal(damageOf(read(open, bytes.subarray(0, offsets[3]! + 20), 5).end).kind, 'frame_damaged')
  })

  it('from the first event of the next segment on were given up', () => {
    const { open, bytes, offsets } = sample()
    const { events, end } = read(open, bytes, 4)
    assert.deepEqual(sessions(events), ['a', 'b', 'c'])
    assert.equal(end.position.offset, offsets[3])
    bytes.fill(0xee, offsets[3])
    assert.equal(read(open, bytes, 4).end.status, 'complete')
  })

  it('cannot be taken out, exchanged or brought in from another segment', () => {
    const { open, bytes, offsets } = sample()
    const part = (index: number) => bytes.subarray(offsets[index]!, offsets[index + 1]!)
    const foreign = buildSegment([payloadsOf([renewal('x'), renewal('y')])], { seed: 0x45 })
    const head = bytes.subarray(0, open.headerBytes)
    const kindOf = (...parts: Buffer[]) => damageOf(read(open, Buffer.concat([head, ...parts])).end).kind
    assert.equal(kindOf(part(0), part(2), part(3)), 'gap')
    assert.equal(kindOf(part(1), part(0), part(2), part(3)), 'gap')
    assert.equal(kindOf(part(0), foreign.bytes.subarray(foreign.offsets[1])), 'chain_broken')
  })

  it('with chain and checksum made right are still not authentic', () => {
    const { open, bytes, offsets } = sample()
    const forged = Buffer.from(bytes)
    const frame = forged.subarray(offsets[0]!, offsets[1]!)
    frame.writeUInt8(frame.at(-1)! ^ 1, frame.length - 1)
    frame.writeUInt32BE(crc32(frame.subarray(8), crc32(frame.subarray(0, 4))), 4)
    assert.equal(damageOf(read(open, forged).end).kind, 'not_authentic')
  })

  it('larger than the limit are refused, written or read', () => {
    const { open } = sample()
    const payload = [new Uint8Array(33 * 1024 * 1024)]
    assert.throws(() => encodeFrame(open, { lsn: 1, flushOffset: 0, chain: Buffer.alloc(32), payload }), RangeError)
    const head = Buffer.alloc(100)
    head.writeUInt32BE(0x7fffffff)
    assert.equal(decodeFrame(head, 0).status, 'damaged')
  })
})

describe('what a later version may write', () => {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
  const event = (header: Buffer, kind = 1): Buffer => {
    const prefix = Buffer.from([kind, 0, 0, 0, 0])
    prefix.writeUInt32BE(header.length, 1)
    return Buffer.concat([prefix, header, Buffer.from('rest')])
  }
  const known = { session: 's', at: 1, monotonic: 2, facts: { a: 1 } }
  const cases: [string, Buffer, string | null, string | null][] = [
    ['an unknown type', event(json({ ...known, type: 'statement.dreamt' })), 'statement.dreamt', 's'],
    ['a type of Object', event(json({ ...known, type: 'toString' })), 'toString', 's'],
    ['no type', event(json(known)), null, 's'],
    ['another kind of payload', event(json(known), 2), null, null],
    ['no JSON', event(Buffer.from('{')), null, null],
    ['a header that is too long', Buffer.from([1, 0, 0, 1, 0]), null, null],
    ['nothing', Buffer.alloc(0), null, null],
  ]
  for (const [name, payload, originalType, session] of cases) {
    it(`is kept as opaque: ${name}`, () => {
      const { open, bytes } = buildSegment([[[payload]], [payloadsOf([renewal('after')])[0]!]])
      const [first, second] = read(open, bytes).events
      assert.equal(first?.type, 'opaque')
      assert.equal(first.type === 'opaque' && first.originalType, originalType)
      assert.equal(first.session, session)
      assert.equal(second?.session, 'after')
    })
  }

  it('unknown facts of known types are kept', () => {
    const { open, bytes } = buildSegment([[[event(json({ ...known, type: 'session.renewed' }))]]])
    assert.deepEqual(read(open, bytes).events[0]?.facts, { a: 1 })
  })
})

describe('a sequence of segments', () => {
  const first = sample()
  const second = buildSegment([payloadsOf([renewal('e')])], { number: 2, firstLsn: 5, previousChain: first.hash })
  const third = buildSegment([], { number: 3, firstLsn: 6, previousChain: second.hash })

  it('is whole', () => {
    assert.equal(checkSequence([first.open, second.open, third.open]), null)
    assert.equal(checkContinuity(second.open, first.hash), null)
  })
  it('misses the first', () => assert.match(checkSequence([second.open])!.text, /0000000001.journal is missing/))
  it('misses one', () => assert.match(checkSequence([first.open, third.open])!.text, /0000000002.journal is missing/))
  it('goes back', () => {
    const back = buildSegment([], { number: 3, firstLsn: 2 })
    assert.equal(checkSequence([first.open, second.open, back.open])?.kind, 'gap')
  })
  it('was replaced', () => assert.equal(checkContinuity(second.open, sample().open.chain)?.kind, 'chain_broken'))
})
