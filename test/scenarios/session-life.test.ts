/** How sessions and their tokens live and end, by a clock that the test moves. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { FakeClock } from '../support/fake-clock.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const SECOND = 1000
const MINUTE = 60 * SECOND
/** Sessions are looked at so often. */
const SWEEP = 15 * SECOND
/** Shorter than the life of a token, and than any request to the warehouse may take. */
const STEP = 70 * SECOND

let clock: FakeClock
let gateway: TestGateway
before(async () => {
  clock = new FakeClock(Date.now())
  gateway = await TestGateway.start({
    config: `
sessions: {token_life: 80s, master_life: 5m, renew_grace: 20s, idle: 10m, longest_life: 30m}
limits: {hold: 1s}`,
    emulator: { now: () => clock.now() },
    tools: { clock },
  })
})
after(() => gateway.close())

/** The clock has moved away from that of the issuer, whose tokens live for ten minutes. */
function token(): string {
  const iat = Math.floor(clock.now() / SECOND)
  return gateway.idp.mint({ ...ADA, iat, exp: iat + 600 })
}

async function logIn(): Promise<RawDriver> {
  const client = new RawDriver(gateway.url)
  assert.equal((await client.logIn(token())).json.success, true)
  return client
}

async function heartbeat(client: RawDriver): Promise<string | null | undefined> {
  const { json } = await client.post('/session/heartbeat', '')
  return json.success === true ? 'alive' : json.code
}

/** Renews as a driver does; the code of the refusal, or null. */
async function renew(client: RawDriver): Promise<string | null | undefined> {
  const old = client.token
  client.token = client.masterToken
  const { json } = await client.post('/session/token-request', { oldSessionToken: old, requestType: 'RENEW' })
  client.token = json.success === true ? json.data.sessionToken : old
  if (json.success === true) client.masterToken = json.data.masterToken
  return json.code
}

/** Lets time go by, with this session in use. */
async function pass(ms: number, client: RawDriver): Promise<void> {
  for (let left = ms; left > 0; left -= STEP) {
    clock.advance(Math.min(STEP, left))
    assert.equal(await renew(client), null)
  }
}

/** The session that was opened last, by its id on record. */
async function lastOpened(): Promise<string> {
  return (await gateway.events()).findLast(({ type }) => type === 'session.opened')?.session ?? ''
}

/** Why a session ended; null while it lives. */
async function endOf(session: string): Promise<string | null> {
  const end = (await gateway.events()).find((event) => event.type === 'session.ended' && event.session === session)
  return end?.type === 'session.ended' ? end.facts.reason : null
}

describe('a session token', () => {
  it('that expires in the middle of a poll is renewed by the driver, and the statement runs once', async () => {
    const seen = (await gateway.events()).length
    const driver = await NodeDriver.connect({ accessUrl: gateway.url, token: token() })
    const sql = "SELECT SYSTEM$WAIT(2), 'once' AS A"
    const rows = driver.query(sql)
    await until(() => gateway.reached().includes(sql))
    const recorded = async (type: string): Promise<number> =>
      (await gateway.events()).slice(seen).filter((event) => event.type === type).length
    clock.advance(SECOND)
    await until(async () => (await recorded('statement.polled')) > 0)
    clock.advance(81 * SECOND)
    await until(async () => (await recorded('session.renewed')) > 0)
    assert.partialDeepStrictEqual(await rows, [{ A: 'once' }])
    assert.equal(await recorded('statement.sent'), 1)
    assert.equal(gateway.reached().filter((one) => one === sql).length, 1)
    await driver.close()
  })

  it('works for a grace after its renewal, and not a moment longer', async () => {
    const client = await logIn()
    const late = new RawDriver(gateway.url)
    late.token = client.token
    assert.equal(await renew(client), null)
    clock.advance(19 * SECOND)
    assert.equal(await heartbeat(late), 'alive')
    clock.advance(2 * SECOND)
    assert.equal(await heartbeat(late), '390112')
    assert.equal(await heartbeat(client), 'alive')
  })
})

describe('a master token', () => {
  it('is of no use once its time is over; renewed in time, the session goes on', async () => {
    const [lost, kept] = [await logIn(), await logIn()]
    clock.advance(4 * MINUTE)
    assert.equal(await renew(kept), null)
    clock.advance(61 * SECOND)
    assert.equal(await renew(lost), '390114')
    assert.equal(await renew(kept), null)
    assert.equal((await kept.query('SELECT 1')).json.success, true)
  })

  it('is no session token, nor the other way round', async () => {
    const client = await logIn()
    const { token, masterToken } = client
    client.token = masterToken
    assert.equal(await heartbeat(client), '390104')
    client.token = token
    client.masterToken = token
    assert.equal(await renew(client), '390114')
    assert.equal(await heartbeat(client), 'alive')
  })
})

describe('a session', () => {
  it('ends when it is idle; one that is used does not', async () => {
    const idle = await logIn()
    const session = await lastOpened()
    const used = await logIn()
    await pass(10 * MINUTE + SWEEP, used)
    await until(async () => (await endOf(session)) !== null)
    assert.equal(await endOf(session), 'idle')
    assert.equal(await heartbeat(idle), '390104')
    assert.equal(await heartbeat(used), 'alive')
  })

  it('ends after its longest life, however busy it is, and its statement is cancelled', async () => {
    const client = await logIn()
    const session = await lastOpened()
    await pass(30 * MINUTE - SWEEP, client)
    const sql = "SELECT SYSTEM$WAIT(60), 'too long'"
    const answer = client.query(sql)
    await until(() => gateway.reached().includes(sql))
    // The request is told to poll, and the session ends under it.
    clock.advance(2 * SWEEP)
    assert.equal((await answer).json.code, '333333')
    await until(async () => (await endOf(session)) !== null)
    assert.equal(await endOf(session), 'longest life reached')
    assert.equal(await heartbeat(client), '390104')
    const own = (await gateway.events()).filter((event) => event.session === session)
    assert.ok(own.some(({ type }) => type === 'statement.cancelled'))
  })

  it('is kept alive upstream while nothing else is said there', async () => {
    const client = await logIn()
    const heartbeats = (): number =>
      gateway.emulator.inspect.requests().filter(({ path }) => path === '/session/heartbeat').length
    const before = heartbeats()
    await pass(15 * MINUTE, client)
    clock.advance(SWEEP)
    await until(() => heartbeats() > before)
  })

  it('leaves none behind upstream when it has ended', async () => {
    const before = gateway.emulator.inspect.sessions().length
    const client = await logIn()
    assert.equal(gateway.emulator.inspect.sessions().length, before + 1)
    assert.equal((await client.post('/session?delete=true', '')).json.success, true)
    await until(() => gateway.emulator.inspect.sessions().length === before)
    assert.equal(await endOf(await lastOpened()), 'log-out')
  })
})

describe('refused log-ins', () => {
  it('are counted: the first is recorded at once, the others of its minute as one', async () => {
    const refusals = async (): Promise<readonly number[]> =>
      (await gateway.events()).flatMap((event) => (event.type === 'login.refused' ? [event.facts.attempts] : []))
    const before = (await refusals()).length
    await Promise.all(Array.from({ length: 40 }, () => new RawDriver(gateway.url).logIn('x.y.z')))
    assert.deepEqual((await refusals()).slice(before), [1])
    clock.advance(MINUTE)
    await until(async () => (await refusals()).length > before + 1)
    assert.deepEqual((await refusals()).slice(before), [1, 39])
  })
})
