import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  canonicalAddress,
  clientAddress,
  holds,
  isLoopbackAddress,
  isWildcardAddress,
  parseRange,
  readHops,
} from './index.ts'

describe('canonicalAddress', () => {
  const same: readonly (readonly [string, string])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8::00A1', '2001:db8::a1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:7f00:1', '127.0.0.1'],
    ['fe80::1%eth0', 'fe80::1'],
  ]
  for (const [text, address] of same)
    it(`writes ${text} as ${address}`, () => assert.equal(canonicalAddress(text), address))

  const none = [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '127.0.0.01',
    '0x7f.0.0.1',
    '2130706433',
    '::g',
    '1::2::3',
    ':',
    '[::1]',
    '::1%',
    '::1]/x[',
    '1.2.3.4:80',
  ]
  for (const text of none)
    it(`takes ${JSON.stringify(text)} for no address`, () => assert.equal(canonicalAddress(text), null))
})

describe('addresses that reach this machine only, or all of it', () => {
  it('are known in every spelling', () => {
    for (const text of ['127.0.0.1', '127.9.9.9', '::1', '0:0::1', '::ffff:127.0.0.1'])
      assert.ok(isLoopbackAddress(text), text)
    for (const text of ['128.0.0.1', '::2', '::ffff:10.0.0.1', '127.0.0.1.example', '127.1', 'localhost', '::', ''])
      assert.ok(!isLoopbackAddress(text), text)
    for (const text of ['0.0.0.0', '::', '0::0', '::ffff:0.0.0.0']) assert.ok(isWildcardAddress(text), text)
    for (const text of ['0.0.0.1', '::1', '0', '']) assert.ok(!isWildcardAddress(text), text)
  })
})

describe('ranges', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], ['11.0.0.0', '9.255.255.255', '::10.0.0.1', 'x']],
    ['192.0.2.7', ['192.0.2.7'], ['192.0.2.6', '192.0.2.8']],
    ['192.0.2.128/25', ['192.0.2.128', '192.0.2.255'], ['192.0.2.127']],
    ['2001:db8::/33', ['2001:db8::1', '2001:db8:7fff::'], ['2001:db8:8000::', '2001:db9::', '32.1.13.184']],
    ['::1', ['::1', '0:0::1'], ['::2', '127.0.0.1']],
  ]
  for (const [text, inside, outside] of rows) {
    it(`${text} holds what is in it`, () => {
      const range = parseRange(text)
      assert.ok(range)
      for (const address of inside) assert.ok(holds(range, address), address)
      for (const address of outside) assert.ok(!holds(range, address), address)
    })
  }

  it('clear the bits behind the prefix', () => {
    assert.deepEqual(parseRange('10.1.2.3/8'), { base: '10.0.0.0', prefix: 8 })
    assert.deepEqual(parseRange('2001:db8:ffff::/36'), { base: '2001:db8:f000::', prefix: 36 })
  })

  for (const text of [
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0/8',
    'proxy.example',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
  ])
    it(`are not ${JSON.stringify(text)}`, () => assert.equal(parseRange(text), null))
})

describe('readHops', () => {
  const rows: readonly (readonly ['x-forwarded-for' | 'forwarded', string, readonly string[] | null])[] = [
    ['x-forwarded-for', '203.0.113.1, 10.0.0.1', ['203.0.113.1', '10.0.0.1']],
    ['x-forwarded-for', '203.0.113.1:4711,[2001:db8::1]:80', ['203.0.113.1', '2001:db8::1']],
    ['x-forwarded-for', 'unknown, 10.0.0.1', ['unknown', '10.0.0.1']],
    ['forwarded', 'for=203.0.113.1', ['203.0.113.1']],
    ['forwarded', 'For="[2001:db8::1]:4711";proto=https;by=10.0.0.1, FOR=10.0.0.2', ['2001:db8::1', '10.0.0.2']],
    ['forwarded', 'proto=https, for=_hidden', ['unknown', '_hidden']],
    ['forwarded', 'for="a, for=b";by=c, for=10.0.0.1', ['a, for=b', '10.0.0.1']],
    ['forwarded', 'for="203.0.113.1, for=10.0.0.1', null],
    ['forwarded', 'for="x, for="[2001:db8::1]"', null],
    ['forwarded', 'for=1.2.3.4;for=10.0.0.1', null],
    ['forwarded', 'for=1.2.3.4,', null],
    ['forwarded', '', null],
    ['forwarded', '203.0.113.1', null],
  ]
  for (const [header, text, hops] of rows)
    it(`reads ${header}: ${text}`, () => assert.deepEqual(readHops(header, text), hops))
})

const TRUSTED = ['10.0.0.0/8', '::1'].map((text) => parseRange(text)!)
const BY_LIST = { trusted: TRUSTED, header: 'x-forwarded-for' } as const
const BY_RFC = { trusted: TRUSTED, header: 'forwarded' } as const

describe('clientAddress', () => {
  const rows: readonly (readonly [string, string, string | undefined, string, readonly string[]])[] = [
    ['nobody between', '203.0.113.9', undefined, '203.0.113.9', []],
    ['a header of one who is no proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9', []],
    ['one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9', ['10.0.0.1']],
    [
      'one proxy, in the spelling of a socket for both kinds',
      '::ffff:10.0.0.1',
      '203.0.113.9',
      '203.0.113.9',
      ['10.0.0.1'],
    ],
    ['two proxies', '10.0.0.1', '203.0.113.9, 10.0.0.2', '203.0.113.9', ['10.0.0.2', '10.0.0.1']],
    ['what the client claims to be', '10.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9', ['10.0.0.1']],
    [
      'a client that claims to be a proxy',
      '10.0.0.1',
      '198.51.100.1, 10.0.0.3, 203.0.113.9',
      '203.0.113.9',
      ['10.0.0.1'],
    ],
    ['a client inside', '10.0.0.1', '10.0.0.7', '10.0.0.7', ['10.0.0.1']],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1', []],
    ['a proxy that does not know', '10.0.0.1', '203.0.113.9, unknown', '10.0.0.1', []],
    ['a second that does not know', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2', ['10.0.0.1']],
  ]
  for (const [what, peer, header, address, via] of rows) {
    it(`is right with ${what}`, () => {
      assert.deepEqual(clientAddress(peer, { 'x-forwarded-for': header }, BY_LIST), { address, via })
    })
  }

  it('reads the one header that is named: a client may send the other', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=198.51.100.1' }
    assert.equal(clientAddress('10.0.0.1', headers, BY_LIST).address, '203.0.113.9')
    assert.equal(clientAddress('10.0.0.1', headers, BY_RFC).address, '198.51.100.1')
  })

  it('ends, however many proxies are named', () => {
    const { via } = clientAddress('10.0.0.1', { 'x-forwarded-for': `${'10.0.0.2,'.repeat(2000)}10.0.0.3` }, BY_LIST)
    assert.equal(via.length, 16)
  })

  it('is never what a client wrote: the proxy’s entry stands behind it', () => {
    const claim = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'for=";, \\10.2[]:') }),
      fc.constantFrom('for="', 'for="\\', '10.0.0.9', 'for=10.0.0.9', '10.0.0.9, ', 'for=10.0.0.9;'),
      fc.string(),
    )
    fc.assert(
      fc.property(claim, (text) => {
        const list = clientAddress('10.0.0.1', { 'x-forwarded-for': `${text}, 203.0.113.9` }, BY_LIST)
        assert.equal(list.address, '203.0.113.9')
        const rfc = clientAddress('10.0.0.1', { forwarded: `${text}, for=203.0.113.9` }, BY_RFC)
        assert.ok(['203.0.113.9', '10.0.0.1'].includes(rfc.address), rfc.address)
      }),
      { numRuns: 2000 },
    )
  })
})
