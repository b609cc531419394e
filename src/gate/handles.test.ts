import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Handles } from './handles.ts'

const ADA = { principal: 'person:ada', connection: 'prod' }
const DAY_MS = 86_400_000

function handle(queryId: string) {
  return { queryId, ...ADA, role: 'ANALYST', session: 's', statement: 'st' }
}

describe('Handles', () => {
  it('gives a result to its owner alone', () => {
    const handles = new Handles({ clock: new FakeClock(), limit: 10 })
    handles.open(handle('q'))
    assert.equal(handles.find('q', ADA)?.statement, 'st')
    assert.equal(handles.find('q', { ...ADA, principal: 'person:ben' }), null)
    assert.equal(handles.find('q', { ...ADA, connection: 'test' }), null)
    assert.equal(handles.find('other', ADA), null)
  })

  it('lets nobody take a handle over', () => {
    const handles = new Handles({ clock: new FakeClock(), limit: 10 })
    handles.open(handle('q'))
    handles.open({ ...handle('q'), principal: 'person:ben' })
    assert.equal(handles.find('q', { ...ADA, principal: 'person:ben' }), null)
    assert.ok(handles.find('q', ADA))
  })

  it('forgets a result when Snowflake does', () => {
    const clock = new FakeClock()
    const handles = new Handles({ clock, limit: 10 })
    handles.open(handle('q'))
    clock.advance(DAY_MS - 1)
    assert.ok(handles.find('q', ADA))
    clock.advance(1)
    assert.equal(handles.find('q', ADA), null)
  })

  it('keeps the newest within its limit', () => {
    const handles = new Handles({ clock: new FakeClock(), limit: 2 })
    for (const queryId of ['a', 'b', 'c']) handles.open(handle(queryId))
    assert.deepEqual(
      ['a', 'b', 'c'].map((queryId) => handles.find(queryId, ADA) !== null),
      [false, true, true],
    )
  })
})
