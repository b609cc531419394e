/** Watching and exporting a session while a gateway runs: through it, on record there, and the same as offline. */
import assert from 'node:assert/strict'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Ended, runIcecore } from '../../demo/testing/run-icecore.ts'
import { loadKek } from '../../src/adapters/secrets/index.ts'
import { openRecordings, type Reading, readingOf } from '../../src/adapters/store/index.ts'
import { sessionSummarySchema } from '../../src/api-schema/index.ts'
import { openLiveReading } from '../../src/cli/operator/live-reading.ts'
import { OperatorClient } from '../../src/cli/operator/operator-client.ts'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { GatewayProcess } from '../support/gateway-process.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

type Called = Extract<RecordedEvent, { readonly type: 'operator.called' }>

let world: TestWorld
let gateway: GatewayProcess
let session: string

before(async () => {
  world = await makeWorld({ config: 'limits: {drain: 0s}' })
  gateway = new GatewayProcess(world.config)
  await gateway.start()
  const driver = await connect()
  await driver.query('SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 30))')
  await driver.query('SELECT 1 FROM GONE').catch(() => undefined)
  await driver.query('SHOW PARAMETERS IN ACCOUNT').catch(() => undefined)
  await driver.close()
  session = (await recordedEvents(world)).find(({ type }) => type === 'session.opened')?.session ?? ''
})
after(async () => {
  await gateway.stop('SIGTERM')
  await removeWorld(world)
})

function connect(): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: world.idp.mint({ sub: 'ada', groups: ['analysts'] }) })
}

const data = (): string => join(world.folder, 'data')
const key = (): string => join(world.folder, 'record.key')

function online(...args: readonly string[]): Promise<Ended> {
  return runIcecore(['replay', session, ...args, '--config', world.config]).ended
}

function offline(...args: readonly string[]): Promise<Ended> {
  return runIcecore(['replay', session, ...args, '--store', data(), '--key', key()]).ended
}

async function calls(): Promise<readonly Called[]> {
  return (await recordedEvents(world)).filter((event): event is Called => event.type === 'operator.called')
}

describe('replay beside a running gateway', () => {
  const forms: readonly (readonly [string, readonly string[], string, string])[] = [
    ['as text', ['--no-wait'], 'sessions.replay', 'text'],
    ['as JSON', ['--json'], 'sessions.replay', 'json'],
    ['as JSON with bodies', ['--json', '--bodies'], 'sessions.replay', 'json'],
    ['followed to its end', ['--json', '--follow'], 'sessions.replay', 'json'],
    ['as HTML', ['--export', 'html'], 'sessions.export', 'html'],
    ['as an asciicast', ['--export', 'asciicast'], 'sessions.export', 'asciicast'],
  ]
  for (const [name, args, call, form] of forms) {
    it(`${name}: on record once, the same as offline, and without the key`, async () => {
      const before = (await calls()).length
      await rename(key(), `${key()}.away`)
      const seen = await online(...args)
      await rename(`${key()}.away`, key())
      assert.deepEqual([seen.code, seen.err], [0, ''])
      const noted = (await calls()).slice(before).filter((one) => one.facts.call !== 'sessions.list')
      assert.deepEqual(
        noted.map(({ facts }) => [facts.call, facts.form, facts.about]),
        [[call, form, session]],
      )
      const alone = await offline(...args)
      assert.equal(alone.out, seen.out)
      assert.match(alone.err, /^reading .* offline, with its key; that leaves no trace on record\n$/)
      assert.equal((await calls()).length, before + 2)
    })
  }

  it('an export to a file: its path is on no record', async () => {
    const file = join(world.folder, 'a-telling-name.html')
    const { code } = await online('--export', 'html', '--output', file)
    assert.equal(code, 0)
    assert.match(await readFile(file, 'utf8'), /^<!doctype html>/i)
    assert.ok(!JSON.stringify(await recordedEvents(world)).includes('a-telling-name'))
  })

  it('follows a session that runs, until it ends', async () => {
    const driver = await connect()
    await driver.query("SELECT 'first' AS A")
    const running = (await recordedEvents(world)).findLast(({ type }) => type === 'session.opened')?.session ?? ''
    const watching = runIcecore(['replay', running, '--follow', '--json', '--config', world.config])
    await watching.until('statement.completed')
    await driver.query("SELECT 'second' AS A")
    await driver.close()
    const { code, out } = await watching.ended
    assert.equal(code, 0)
    assert.deepEqual(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly event: string }).event)
        .filter((event) => /received|ended/.test(event)),
      ['statement.received', 'statement.received', 'session.ended'],
    )
    const noted = (await calls()).filter(({ facts }) => facts.about === running)
    assert.equal(noted.length, 1)
  })

  it('a session that nobody had is not there', async () => {
    const { code, err } = await runIcecore(['replay', 'zzzz', '--config', world.config]).ended
    assert.equal(code, 1)
    assert.match(err, /no recording of session zzzz/i)
  })
})

describe('a session watched through the gateway', () => {
  const questions: readonly (readonly [string, (reading: Reading, last: number) => Promise<unknown>])[] = [
    ['summary', ({ summary }) => summary()],
    ['events', ({ reel }) => all(reel.events(0))],
    ['events after one', ({ reel }, last) => all(reel.events(last - 2))],
    ['first', ({ reel }) => reel.find('after', 0)],
    ['first of a type', ({ reel }) => reel.find('after', 0, ['statement.received'])],
    ['last', ({ reel }) => reel.find('before', Number.MAX_SAFE_INTEGER)],
    ['none', ({ reel }, last) => reel.find('after', last)],
    ['pointers', ({ reel }, last) => all(reel.pointers(0, last))],
    ['an event', async ({ reel }) => reel.read((await reel.find('after', 0))!)],
    ['statements', ({ reel }, last) => reel.statementsUntil(last)],
    ['a statement by number', ({ reel }) => reel.received({ number: 2 })],
    ['a statement that is not there', ({ reel }) => reel.received({ id: 'none' })],
    ['troubles', ({ reel }) => reel.troubles(10)],
    [
      'the end of a statement',
      async ({ reel }) => reel.ended((await all(reel.events(0))).find((event) => event.statement)?.statement ?? ''),
    ],
    ['starts', ({ reel }) => reel.starts(0)],
  ]

  it('answers every question as its record does', async () => {
    const recordings = await openRecordings({
      folder: data(),
      kek: await loadKek(`\${file:${key()}}`, { environment: {} }),
    })
    const here = readingOf(recordings, session)
    const there = await openLiveReading(new OperatorClient(data()), session, 'screen')
    try {
      const last = (await here.reel.find('before', Number.MAX_SAFE_INTEGER))?.lsn ?? 0
      // All at once: each question gets its own answer.
      const answers = await Promise.all(questions.map(([, ask]) => ask(there, last)))
      for (const [index, [name, ask]] of questions.entries())
        assert.deepEqual(answers[index], await ask(here, last), name)
    } finally {
      await recordings.close()
    }
  })

  it('gives nothing of another session, and goes on after a question that it refused', async () => {
    const driver = await connect()
    const other = (await recordedEvents(world)).findLast(({ type }) => type === 'session.opened')
    await driver.close()
    const there = await openLiveReading(new OperatorClient(data()), session, 'screen')
    const first = await there.reel.find('after', 0)
    assert.ok(first)
    // Before, behind: what comes next in this session is no answer either.
    for (const lsn of [1, other?.lsn ?? 0])
      await assert.rejects(there.reel.read({ ...first, lsn }), { code: 'ICE_RECORDING_UNKNOWN' })
    await assert.rejects(there.reel.find('after', -1), { code: 'ICE_REQUEST_MALFORMED' })
    await assert.rejects(there.reel.find('after', 0, ['no.type' as never]), { code: 'ICE_REQUEST_MALFORMED' })
    assert.equal((await there.summary()).id, session)
  })

  it('is none under an id that is on no record', async () => {
    const asked = new URLSearchParams({ ask: '{"ask":"session"}' })
    const lines = new OperatorClient(data()).lines(`/v1/readings/${session}?${asked}`, sessionSummarySchema)
    await assert.rejects(lines.next(), { code: 'ICE_READING_UNKNOWN' })
  })

  it('is away with the gateway, and goes on with its next process, on record there as well', async () => {
    const there = await openLiveReading(new OperatorClient(data()), session, 'screen')
    await gateway.stop('SIGTERM')
    await assert.rejects(there.summary(), { code: 'ICE_GATEWAY_NOT_RUNNING' })
    await gateway.start()
    await until(async () => (await fetch(`${gateway.opsUrl}/readyz`)).ok)
    const before = (await calls()).length
    assert.equal((await there.summary()).id, session)
    assert.equal((await there.summary()).id, session)
    assert.deepEqual(
      (await calls()).slice(before).map(({ facts }) => [facts.call, facts.about]),
      [['sessions.replay', session]],
    )
  })
})

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
