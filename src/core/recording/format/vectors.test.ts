import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  buildSegment,
  goldenSegment,
  payloadsOf,
  VECTOR_KEK,
} from '../../../../test/support/recording/build-segment.ts'
import { readPlainly } from '../../../../test/support/recording/independent-reader.ts'
import { hashOf, openSegment, readSegment, segmentStart } from './index.ts'

const root = new URL('../../../../', import.meta.url)
const NAME = '0000000001.journal'
const golden = readFileSync(new URL(`test/vectors/recording/${NAME}`, root))

interface Vector {
  readonly keyEncryptionKey: string
  readonly events: readonly (Record<string, unknown> & { readonly body: string | null })[]
}
const vector = JSON.parse(readFileSync(new URL('test/vectors/recording/v1.0.json', root), 'utf8')) as Vector

describe('the frozen vectors of format 1.0', () => {
  it('are what this version writes, byte for byte', () => {
    assert.ok(goldenSegment().bytes.equals(golden))
  })

  it('are read by this version', () => {
    const opening = openSegment(NAME, golden, VECTOR_KEK, hashOf)
    assert.ok(opening.ok)
    const start = segmentStart(opening.segment)
    const source = { segment: opening.segment, bytes: golden.subarray(start.offset), base: start.offset, until: null }
    const events = [...readSegment(source, start)].map(({ event }) => ({
      ...event,
      body: event.body === undefined ? null : Buffer.from(event.body).toString('base64'),
    }))
    assert.deepEqual(events, vector.events)
  })

  it('are read by a reader that knows the document only', () => {
    const frames = readPlainly(golden, Buffer.from(vector.keyEncryptionKey, 'base64'))
    const expected = vector.events.map(({ lsn, body, ...header }) => ({ lsn, header, body: body ?? '' }))
    assert.deepEqual(
      frames.map(({ lsn, header, body }) => ({ lsn, header, body: body.toString('base64') })),
      expected,
    )
  })
})

describe('the worked example in docs/reference/recording-format.md', () => {
  const document = readFileSync(new URL('docs/reference/recording-format.md', root), 'utf8')
  const dump = /```text example\n([\s\S]*?)```/.exec(document)?.[1] ?? ''
  const bytes = Buffer.from(dump.replace(/^[0-9a-f]{4}:|#.*$|\s/gm, ''), 'hex')
  const example = buildSegment([
    payloadsOf([{ type: 'session.renewed', session: 's-1', facts: {} as never, body: Buffer.from('hello') }]),
  ])

  it('is a segment as this version writes it', () => {
    assert.equal(bytes.toString('hex'), example.bytes.toString('hex'))
  })

  it('decodes to what the document says', () => {
    const [frame] = readPlainly(bytes, VECTOR_KEK.export())
    const said = /```json example\n([\s\S]*?)```/.exec(document)?.[1] ?? ''
    assert.deepEqual(frame?.header, JSON.parse(said))
    assert.equal(frame?.body.toString(), 'hello')
  })
})
