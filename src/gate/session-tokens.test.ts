import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countingIds } from '../../test/support/counting-ids.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { SessionTokenBook } from './session-tokens.ts'

const LIVES = { token: 3_600_000, master: 14_400_000, renewGrace: 60_000 }

function open() {
  const clock = new FakeClock()
  const book = new SessionTokenBook({ clock, ids: countingIds(), lives: LIVES })
  return { clock, book, ...issue(book, 'one') }
}

function issue(book: SessionTokenBook, session: string): { readonly token: string; readonly master: string } {
  const { tokens, facts } = book.mint()
  book.put(session, facts)
  return { token: tokens.token.reveal(), master: tokens.masterToken.reveal() }
}

function renew(book: SessionTokenBook, clock: FakeClock, master: string, token: string) {
  const { session, hashes } = book.renewable(master, token)
  book.retire(hashes, clock.now())
  return issue(book, session)
}

describe('SessionTokenBook', () => {
  it('finds the session of its token', () => {
    const { book, token } = open()
    assert.equal(book.sessionOf(token), 'one')
  })

  it('refuses unknown tokens, and a master token where a session token is wanted', () => {
    const { book, master } = open()
    for (const token of ['', 'ics_nothing', master]) {
      assert.throws(() => book.sessionOf(token), { code: 'ICE_SESSION_UNKNOWN' })
    }
  })

  it('says of an expired token that it can be renewed', () => {
    const { book, token, clock } = open()
    clock.advance(LIVES.token - 1)
    assert.equal(book.sessionOf(token), 'one')
    clock.advance(1)
    assert.throws(() => book.sessionOf(token), { code: 'ICE_SESSION_TOKEN_EXPIRED' })
  })

  it('renews an expired token, and lets the old one work for the grace', () => {
    const { book, token, master, clock } = open()
    const renewed = renew(book, clock, master, token)
    assert.equal(book.sessionOf(renewed.token), 'one')
    assert.equal(book.sessionOf(token), 'one')
    clock.advance(LIVES.renewGrace)
    assert.throws(() => book.sessionOf(token), { code: 'ICE_SESSION_TOKEN_EXPIRED' })
    assert.throws(() => book.renewable(master, token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.equal(book.sessionOf(renewed.token), 'one')
  })

  it('renews nothing across sessions', () => {
    const { book, token } = open()
    const other = issue(book, 'two')
    assert.throws(() => book.renewable(other.master, token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.doesNotThrow(() => book.renewable(other.master, other.token))
  })

  it('lets the tokens of two renewals at once both live', () => {
    const { book, token, master, clock } = open()
    const first = renew(book, clock, master, token)
    const second = renew(book, clock, master, token)
    clock.advance(LIVES.renewGrace)
    for (const { token: each } of [first, second]) assert.equal(book.sessionOf(each), 'one')
    assert.equal(book.renewable(first.master, first.token).session, 'one')
  })

  it('renews nothing with an expired master token', () => {
    const { book, token, master, clock } = open()
    clock.advance(LIVES.master)
    assert.throws(() => book.renewable(master, token), { code: 'ICE_SESSION_UNKNOWN' })
  })

  it('forgets a revoked session, and no other', () => {
    const { book, token, master } = open()
    const other = issue(book, 'two')
    book.revoke('one')
    assert.throws(() => book.sessionOf(token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.throws(() => book.renewable(master, token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.equal(book.sessionOf(other.token), 'two')
  })
})
