import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { type IdpFault, makeKey, TestIdp } from '../../../test/support/test-idp.ts'
import type { TokenVerifier } from '../../gate/ports.ts'
import type { Log } from '../../lib/log.ts'
import { createTokenVerifier, ISSUER_DEFAULTS, type IssuerSettings, KEY_FETCH_LIMITS } from './index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ACCEPTED = 'accepted'

let clock: FakeClock
let idp: TestIdp
let logged: (readonly [string, Readonly<Record<string, unknown>> | undefined])[]

beforeEach(async () => {
  clock = new FakeClock()
  logged = []
  idp = await TestIdp.start({ now: () => clock.now() })
})
afterEach(() => idp.close())

const log: Log = {
  info: (event, fields) => void logged.push([event, fields]),
  warn: (event, fields) => void logged.push([event, fields]),
  error: (event, fields) => void logged.push([event, fields]),
}

const settings = (changes: Partial<IssuerSettings> = {}): IssuerSettings => ({
  ...ISSUER_DEFAULTS,
  name: 'idp',
  issuer: idp.issuer,
  audiences: ['icecore'],
  keys: { from: 'jwks', uri: idp.jwksUri },
  ...changes,
})

function makeVerifier(...issuers: readonly IssuerSettings[]): TokenVerifier {
  return createTokenVerifier({ issuers, people: {}, agents: {}, clock, log })
}

/** `accepted`, or the code of the refusal. */
async function outcome(verifier: TokenVerifier, token: string): Promise<string> {
  return verifier.verify(token).then(
    () => ACCEPTED,
    (error: { readonly code: string }) => error.code,
  )
}

/** Lets sockets work until it holds. The fake clock stands still meanwhile. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn()
}

describe('keys of an issuer', () => {
  test('are fetched once for many tokens at once, and kept', async () => {
    const verifier = makeVerifier(settings())
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(idp.mint())))
    clock.advance(9 * MINUTE)
    await verifier.verify(idp.mint())
    assert.equal(idp.hits.jwks, 1)
    clock.advance(2 * MINUTE)
    await verifier.verify(idp.mint())
    assert.equal(idp.hits.jwks, 2)
  })

  const freshness: readonly (readonly [string | null, number])[] = [
    [null, KEY_FETCH_LIMITS.defaultFreshMs],
    ['max-age=120', 2 * MINUTE],
    ['public, max-age="1200", must-revalidate', 20 * MINUTE],
    ['max-age=1', KEY_FETCH_LIMITS.minFreshMs],
    ['max-age=0', KEY_FETCH_LIMITS.minFreshMs],
    ['no-store', KEY_FETCH_LIMITS.minFreshMs],
    ['no-cache, max-age=3000', KEY_FETCH_LIMITS.minFreshMs],
    ['max-age=99999999', KEY_FETCH_LIMITS.maxFreshMs],
    ['s-maxage=90', KEY_FETCH_LIMITS.defaultFreshMs],
    ['max-age=nonsense', KEY_FETCH_LIMITS.defaultFreshMs],
  ]
  for (const [cacheControl, freshMs] of freshness) {
    test(`stay fresh for ${freshMs / 1000} s with cache-control ${cacheControl}`, async () => {
      idp.cacheControl = cacheControl
      const verifier = makeVerifier(settings())
      await verifier.verify(idp.mint())
      clock.advance(freshMs - 1)
      await verifier.verify(idp.mint())
      assert.equal(idp.hits.jwks, 1)
      clock.advance(1)
      await verifier.verify(idp.mint())
      assert.equal(idp.hits.jwks, 2)
    })
  }

  test('a stepped wall clock neither refreshes them nor keeps them longer', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    clock.stepWall(24 * HOUR)
    await verifier.verify(idp.mint())
    assert.equal(idp.hits.jwks, 1)
  })
})

describe('rotation', () => {
  test('a new key is taken at once, and the old one stays while it is published', async () => {
    const verifier = makeVerifier(settings())
    const old = idp.mint()
    await verifier.verify(old)
    idp.rotate()
    await verifier.verify(idp.mint())
    await verifier.verify(old)
    assert.equal(idp.hits.jwks, 2)
  })

  test('a second new key waits until the issuer may be asked again', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    idp.rotate()
    await verifier.verify(idp.mint())
    idp.rotate()
    assert.equal(await outcome(verifier, idp.mint()), 'ICE_TOKEN_INVALID')
    clock.advance(KEY_FETCH_LIMITS.refreshForMissMs)
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
  })

  test('a new key under the old id is taken, too', async () => {
    const verifier = makeVerifier(settings())
    const old = idp.mint()
    await verifier.verify(old)
    idp.rotate({ kid: 'key-1', dropOld: true })
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
    assert.equal(await outcome(verifier, old), 'ICE_TOKEN_INVALID')
  })

  test('many tokens of a new key at once cost one fetch', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    idp.rotate()
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(idp.mint())))
    assert.equal(idp.hits.jwks, 2)
  })

  test('a removed key is trusted until the next refresh, and no longer', async () => {
    const verifier = makeVerifier(settings())
    const old = idp.mint({}, { key: idp.key })
    await verifier.verify(old)
    idp.rotate({ dropOld: true })
    assert.equal(await outcome(verifier, old), ACCEPTED)
    await verifier.verify(idp.mint())
    assert.equal(await outcome(verifier, old), 'ICE_TOKEN_INVALID')
  })

  test('an emptied key set trusts nobody, and a filled one works again', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    const keys = idp.published.splice(0)
    clock.advance(10 * MINUTE)
    assert.equal(await outcome(verifier, idp.mint()), 'ICE_TOKEN_INVALID')
    idp.published.push(...keys)
    clock.advance(KEY_FETCH_LIMITS.refreshForMissMs)
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
  })

  test('a flapping issuer is taken at its latest word', async () => {
    const verifier = makeVerifier(settings())
    const [first, second] = [idp.key, idp.rotate()]
    for (const [signing, other] of [
      [first, second],
      [second, first],
      [first, second],
    ] as const) {
      idp.published.splice(0, idp.published.length, signing.jwk)
      clock.advance(10 * MINUTE)
      assert.equal(await outcome(verifier, idp.mint({}, { key: signing })), ACCEPTED)
      assert.equal(await outcome(verifier, idp.mint({}, { key: other })), 'ICE_TOKEN_INVALID')
    }
  })
})

describe('unknown keys', () => {
  test('a flood of them costs one fetch in 30 s, and the good token passes', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    for (let flood = 1; flood <= 3; flood++) {
      const tokens = Array.from({ length: 50 }, (_, at) => idp.mint({}, { header: { kid: `unknown-${flood}-${at}` } }))
      const outcomes = await Promise.all(tokens.map((token) => outcome(verifier, token)))
      assert.deepEqual(new Set(outcomes), new Set(['ICE_TOKEN_INVALID']))
      assert.equal(idp.hits.jwks, 1 + flood)
      assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
      clock.advance(KEY_FETCH_LIMITS.refreshForMissMs)
    }
  })

  test('a flood of forged signatures under a known id costs no more', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    const forger = makeKey('ES256', 'key-1')
    for (let at = 0; at < 20; at++) await outcome(verifier, idp.mint({}, { key: forger }))
    assert.equal(idp.hits.jwks, 2)
  })

  test('static keys are never fetched', async () => {
    const verifier = makeVerifier(settings({ keys: { from: 'static', keys: [idp.key.jwk] } }))
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
    assert.equal(await outcome(verifier, idp.mint({}, { header: { kid: 'other' } })), 'ICE_TOKEN_INVALID')
    assert.deepEqual(idp.hits, { discovery: 0, jwks: 0 })
  })
})

describe('an issuer that fails', () => {
  const huge = JSON.stringify({ keys: [], filler: 'x'.repeat(KEY_FETCH_LIMITS.maxBytes) })
  const faults: readonly (readonly [string, () => IdpFault, RegExp])[] = [
    ['answers 500', () => ({ kind: 'status', status: 500 }), /status 500/],
    ['answers 404', () => ({ kind: 'status', status: 404 }), /status 404/],
    ['answers 204', () => ({ kind: 'status', status: 204 }), /status 204/],
    ['redirects', () => ({ kind: 'redirect', location: `${idp.issuer}/elsewhere` }), /status 302/],
    ['sends no JSON', () => ({ kind: 'body', body: '<html>' }), /not JSON/],
    ['sends nothing', () => ({ kind: 'body', body: '' }), /not JSON/],
    ['sends a list', () => ({ kind: 'body', body: '[]' }), /not a JSON object/],
    ['sends no keys', () => ({ kind: 'body', body: '{}' }), /no list of keys/],
    ['sends keys that are no list', () => ({ kind: 'body', body: '{"keys":{}}' }), /no list of keys/],
    ['sends a key twice by name', () => ({ kind: 'body', body: '{"keys":[],"keys":[]}' }), /a key twice/],
    ['sends too much', () => ({ kind: 'body', body: huge }), /larger than 262144 bytes/],
    [
      'sends too many keys',
      () => ({ kind: 'body', body: JSON.stringify({ keys: Array(101).fill({}) }) }),
      /more than 100/,
    ],
    [
      'sends it encoded',
      () => ({ kind: 'body', body: '{"keys":[]}', headers: { 'content-encoding': 'gzip' } }),
      /encoded/,
    ],
    ['breaks off', () => ({ kind: 'cut' }), /./],
  ]
  for (const [name, fault, reason] of faults) {
    test(`and ${name}: keys at hand stay good, and without any nobody gets in`, async () => {
      const [warm, cold] = [makeVerifier(settings()), makeVerifier(settings())]
      await warm.verify(idp.mint())
      idp.faults.set('jwks', fault())
      clock.advance(10 * MINUTE)
      assert.equal(await outcome(warm, idp.mint()), ACCEPTED)
      assert.equal(await outcome(cold, idp.mint()), 'ICE_ISSUER_UNAVAILABLE')
      const warning = logged.find(([event]) => event === 'issuer_keys_unavailable')
      assert.match(String(warning?.[1]?.reason), reason)
      idp.faults.clear()
      clock.advance(KEY_FETCH_LIMITS.firstBackoffMs)
      assert.equal(await outcome(cold, idp.mint()), ACCEPTED)
    })
  }

  for (const kind of ['hang', 'drip'] as const) {
    test(`and answers with a ${kind} is given up after the time limit`, async () => {
      const verifier = makeVerifier(settings())
      idp.faults.set('jwks', { kind })
      const waiting = outcome(verifier, idp.mint())
      await until(() => idp.hits.jwks === 1)
      clock.advance(KEY_FETCH_LIMITS.timeoutMs)
      assert.equal(await waiting, 'ICE_ISSUER_UNAVAILABLE')
      assert.equal(clock.waiting, 0)
    })
  }

  test('and is away is asked less and less often', async () => {
    const verifier = makeVerifier(settings())
    idp.faults.set('jwks', { kind: 'status', status: 500 })
    const asked: number[] = []
    for (let second = 0; second < 20 * 60; second++) {
      const before = idp.hits.jwks
      await outcome(verifier, idp.mint())
      if (idp.hits.jwks > before) asked.push(second)
      clock.advance(1000)
    }
    assert.deepEqual(asked, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111])
  })

  test('and is away has its keys used for six hours more, and no longer', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    idp.faults.set('jwks', { kind: 'status', status: 500 })
    clock.advance(10 * MINUTE + 6 * HOUR - 1)
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
    clock.advance(1)
    assert.equal(await outcome(verifier, idp.mint()), 'ICE_ISSUER_UNAVAILABLE')
  })

  test('and is away: a key unknown here may exist there, and the client may try again', async () => {
    const verifier = makeVerifier(settings())
    await verifier.verify(idp.mint())
    idp.rotate()
    idp.faults.set('jwks', { kind: 'status', status: 500 })
    assert.equal(await outcome(verifier, idp.mint()), 'ICE_ISSUER_UNAVAILABLE')
    idp.faults.clear()
    clock.advance(KEY_FETCH_LIMITS.refreshForMissMs)
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
  })

  test('and comes back starts from the beginning', async () => {
    const verifier = makeVerifier(settings())
    idp.faults.set('jwks', { kind: 'status', status: 500 })
    await outcome(verifier, idp.mint())
    clock.advance(KEY_FETCH_LIMITS.firstBackoffMs)
    await outcome(verifier, idp.mint())
    idp.faults.clear()
    clock.advance(2 * KEY_FETCH_LIMITS.firstBackoffMs)
    assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
    assert.equal(await outcome(verifier, idp.mint({}, { header: { kid: 'other' } })), 'ICE_TOKEN_INVALID')
    idp.faults.set('jwks', { kind: 'status', status: 500 })
    clock.advance(10 * MINUTE)
    await outcome(verifier, idp.mint())
    assert.equal(logged.at(-1)?.[1]?.retryInMs, KEY_FETCH_LIMITS.firstBackoffMs)
  })

  test('harms its own tokens only', async () => {
    const other = await TestIdp.start({ now: () => clock.now() })
    try {
      const others = settings({ name: 'other', issuer: other.issuer, keys: { from: 'jwks', uri: other.jwksUri } })
      const verifier = makeVerifier(settings(), others)
      other.faults.set('jwks', { kind: 'hang' })
      const hanging = Array.from({ length: 20 }, () => outcome(verifier, other.mint()))
      await until(() => other.hits.jwks === 1)
      assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
      clock.advance(KEY_FETCH_LIMITS.timeoutMs)
      assert.deepEqual(new Set(await Promise.all(hanging)), new Set(['ICE_ISSUER_UNAVAILABLE']))
      assert.equal(other.hits.jwks, 1)
    } finally {
      await other.close()
    }
  })
})

describe('discovery', () => {
  const discovery = (hosts: readonly string[] = []) => settings({ keys: { from: 'discovery', hosts } })
  const document = (fields: Readonly<Record<string, unknown>>): IdpFault => ({
    kind: 'body',
    body: JSON.stringify({ issuer: idp.issuer, jwks_uri: idp.jwksUri, ...fields }),
  })

  test('finds the keys, and is kept with them', async () => {
    const verifier = makeVerifier(discovery())
    await verifier.verify(idp.mint())
    clock.advance(10 * MINUTE)
    await verifier.verify(idp.mint())
    assert.deepEqual(idp.hits, { discovery: 1, jwks: 2 })
  })

  const refused: readonly (readonly [string, () => IdpFault, RegExp])[] = [
    ['of another issuer', () => document({ issuer: 'https://other.example' }), /of another issuer/],
    ['with a placeholder for the tenant', () => document({ issuer: `${idp.issuer}/{tenantid}` }), /of another issuer/],
    ['with a slash more', () => document({ issuer: `${idp.issuer}/` }), /of another issuer/],
    ['without an issuer', () => document({ issuer: undefined }), /of another issuer/],
    ['without a key set', () => document({ jwks_uri: undefined }), /names no key set/],
    [
      'with keys at a foreign host',
      () => document({ jwks_uri: 'https://evil.example/keys' }),
      /evil\.example, which is not/,
    ],
    [
      'with keys at another port',
      () => document({ jwks_uri: 'http://127.0.0.1:1/keys' }),
      /127\.0\.0\.1:1, which is not/,
    ],
    ['with keys in clear', () => document({ jwks_uri: 'http://169.254.169.254/keys' }), /not https/],
    ['with keys in a file', () => document({ jwks_uri: 'file:///etc/passwd' }), /not https/],
    [
      'with a host that only looks like this machine',
      () => document({ jwks_uri: 'http://127.0.0.1.evil.example/' }),
      /not https/,
    ],
    ['with credentials', () => document({ jwks_uri: idp.jwksUri.replace('//', '//u:p@') }), /credentials/],
    ['with no URL', () => document({ jwks_uri: '/keys' }), /not an URL/],
    ['that redirects', () => ({ kind: 'redirect', location: idp.jwksUri }), /status 302/],
  ]
  for (const [name, fault, reason] of refused) {
    test(`a document ${name} is refused`, async () => {
      const verifier = makeVerifier(discovery())
      idp.faults.set('discovery', fault())
      assert.equal(await outcome(verifier, idp.mint()), 'ICE_ISSUER_UNAVAILABLE')
      assert.match(String(logged[0]?.[1]?.reason), reason)
      assert.equal(idp.hits.jwks, 0)
      idp.faults.set('discovery', document({}))
      clock.advance(KEY_FETCH_LIMITS.firstBackoffMs)
      assert.equal(await outcome(verifier, idp.mint()), ACCEPTED)
    })
  }

  test('keys at a host that is configured are taken', async () => {
    const keys = await serve(JSON.stringify({ keys: [idp.key.jwk] }))
    try {
      const { port } = keys.address() as AddressInfo
      idp.faults.set('discovery', document({ jwks_uri: `http://127.0.0.1:${port}/` }))
      assert.equal(await outcome(makeVerifier(discovery()), idp.mint()), 'ICE_ISSUER_UNAVAILABLE')
      assert.equal(await outcome(makeVerifier(discovery([`127.0.0.1:${port}`])), idp.mint()), ACCEPTED)
    } finally {
      keys.close()
    }
  })

  test('an issuer that moved its keys is found again when a key is unknown', async () => {
    const moved = makeKey('ES256', 'moved')
    const keys = await serve(JSON.stringify({ keys: [moved.jwk] }))
    try {
      const { port } = keys.address() as AddressInfo
      const verifier = makeVerifier(discovery([`127.0.0.1:${port}`]))
      await verifier.verify(idp.mint())
      idp.faults.set('discovery', document({ jwks_uri: `http://127.0.0.1:${port}/` }))
      assert.equal(await outcome(verifier, idp.mint({}, { key: moved })), ACCEPTED)
    } finally {
      keys.close()
    }
  })
})

async function serve(body: string): Promise<Server> {
  const server = createServer((_, response) => response.end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
