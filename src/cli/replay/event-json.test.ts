import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { rareEvents, sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { eventSchemaOf, factsSchemas, type SessionEventType } from '../../api-schema/index.ts'
import type { EventInput, RecordedEvent } from '../../core/recording/index.ts'
import { EventSerializer } from './event-json.ts'

function record(inputs: readonly EventInput[]): readonly RecordedEvent[] {
  return inputs.map((input, index) => ({ ...input, lsn: index + 1, at: 0, monotonic: 0 }))
}

const events = record(sessionEvents('s'))

it('each event is one object, and a delivery ends with the hash of what is on record', () => {
  const serializer = new EventSerializer(false)
  const objects = events.map((event) => serializer.serialize(event))
  assert.deepEqual(
    objects.map(({ event }) => event),
    events.map(({ type }) => type),
  )
  const whole = Buffer.from('[["row-canary","1"],["b","2"]]')
  const sha256 = createHash('sha256').update(whole).digest('hex')
  const batches = objects.filter(({ event }) => event === 'result.batch')
  assert.deepEqual(
    batches.map(({ recorded }) => recorded),
    [undefined, { sha256, bytes: whole.length }],
  )
  assert.doesNotMatch(JSON.stringify(objects), /row-canary/, 'rows only when asked for')
  assert.equal(objects[0]!.at, '1970-01-01T00:00:00.000Z')
})

it('bodies come as they lie in the record, when asked for', () => {
  const serializer = new EventSerializer(true)
  const bodies = events.map((event) => Buffer.from(serializer.serialize(event).body ?? '', 'base64'))
  assert.equal(Buffer.concat(bodies).toString(), '[["row-canary","1"],["b","2"]]')
})

it('what a session goes on with after a restart is left out', () => {
  const serializer = new EventSerializer(true)
  const text = JSON.stringify(events.map((event) => serializer.serialize(event)))
  assert.ok(JSON.stringify(events).includes('c2VhbGVk'), 'it is in the events')
  for (const secret of ['c2VhbGVk', 'h1', 'h4', 'tokenExpiresAt']) assert.ok(!text.includes(secret), secret)
})

it('each type of event has the form that is documented, and no other is', () => {
  const serializer = new EventSerializer(true)
  const objects = record([...sessionEvents('s'), ...rareEvents('s')]).map((event) => serializer.serialize(event))
  for (const object of objects) eventSchemaOf(object.event as SessionEventType).parse(object)
  assert.deepEqual(new Set(objects.map(({ event }) => event)), new Set(Object.keys(factsSchemas)))
})
