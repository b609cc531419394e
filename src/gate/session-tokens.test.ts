import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countingIds } from '../../test/support/counting-ids.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { SessionTokenBook } from './session-tokens.ts'

const LIVES = { token: 3_600_000, master: 14_400_000, renewGrace: 60_000 }

function open() {
  const clock = new FakeClock()
  const book = new SessionTokenBook({ clock, ids: countingIds(), lives: LIVES })
  const tokens = book.issue('one')
  return { clock, book, token: tokens.token.reveal(), master: tokens.masterToken.reveal() }
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
    const { tokens } = book.renew(master, token)
    assert.equal(book.sessionOf(tokens.token.reveal()), 'one')
    assert.equal(book.sessionOf(token), 'one')
    clock.advance(LIVES.renewGrace)
    assert.throws(() => book.sessionOf(token), { code: 'ICE_SESSION_TOKEN_EXPIRED' })
    assert.throws(() => book.renew(master, token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.equal(book.sessionOf(tokens.token.reveal()), 'one')
  })

  it('renews nothing across sessions', () => {
    const { book, token } = open()
    const other = book.issue('two')
    assert.throws(() => book.renew(other.masterToken.reveal(), token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.doesNotThrow(() => book.renew(other.masterToken.reveal(), other.token.reveal()))
  })

  it('renews nothing with an expired master token', () => {
    const { book, token, master, clock } = open()
    clock.advance(LIVES.master)
    assert.throws(() => book.renew(master, token), { code: 'ICE_SESSION_UNKNOWN' })
  })

  it('forgets a revoked session, and no other', () => {
    const { book, token, master } = open()
    const other = book.issue('two')
    book.revoke('one')
    assert.throws(() => book.sessionOf(token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.throws(() => book.renew(master, token), { code: 'ICE_SESSION_UNKNOWN' })
    assert.equal(book.sessionOf(other.token.reveal()), 'two')
  })
})
