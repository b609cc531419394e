/** What tells an operator that something is wrong, and what mends it: doctor, index rebuild, completion. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { COMMAND, type Ended, runIcecore } from '../../demo/testing/run-icecore.ts'
import {
  type FindingJson,
  findingSchema,
  indexRebuildSchema,
  sessionSummarySchema,
} from '../../src/api-schema/index.ts'
import { GatewayProcess } from '../support/gateway-process.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../support/test-gateway.ts'

let world: TestWorld
let gateway: GatewayProcess
let original: string

before(async () => {
  world = await makeWorld({ config: 'limits: {drain: 0s}' })
  original = await readFile(world.config, 'utf8')
  gateway = new GatewayProcess(world.config)
  await gateway.start()
  const driver = await NodeDriver.connect({
    accessUrl: gateway.url,
    token: world.idp.mint({ sub: 'ada', groups: ['analysts'] }),
  })
  await driver.query('SELECT 41 + 1 AS N')
  await driver.close()
})
after(async () => {
  await gateway.stop('SIGTERM')
  await removeWorld(world)
})
afterEach(() => writeFile(world.config, original))

function icecore(...args: readonly string[]): Promise<Ended> {
  return runIcecore([...args, '--config', world.config]).ended
}

async function doctor(): Promise<{ readonly code: number | null; readonly findings: readonly FindingJson[] }> {
  const { code, out } = await icecore('doctor', '--json')
  return {
    code,
    findings: out
      .trimEnd()
      .split('\n')
      .map((line) => findingSchema.parse(JSON.parse(line))),
  }
}

function edit(from: string, to: string): Promise<void> {
  assert.ok(original.includes(from))
  return writeFile(world.config, original.replace(from, to))
}

/** What is not as it should be. */
function troubles(findings: readonly FindingJson[]): readonly (readonly [string, string, string | null])[] {
  return findings
    .filter(({ result }) => result === 'problem' || result === 'warning')
    .map(({ check, result, name }) => [check, result, name])
}

describe('icecore doctor', () => {
  it('finds nothing wrong where nothing is, and has looked at all of it', async () => {
    const { code, findings } = await doctor()
    assert.deepEqual(troubles(findings), [])
    assert.equal(code, 0)
    assert.deepEqual([...new Set(findings.map(({ check }) => check))].sort(), [
      'clock',
      'configuration',
      'connections',
      'disk',
      'gateway',
      'index',
      'issuers',
      'journal',
      'keys',
    ])
    const connection = findings.find(({ check }) => check === 'connections')
    assert.match(
      connection?.evidence ?? '',
      /^Icecore logged in as ICECORE \(role ANALYST, warehouse COMPUTE_WH\) and out again in \d+ ms, on record as session /,
    )
    const calls = (await recordedEvents(world)).filter(({ type }) => type === 'operator.called')
    assert.ok(calls.some(({ facts }) => 'call' in facts && facts.call === 'doctor'))
  })

  it('each finding that is bad says what mends it, in colour or without', async () => {
    await chmod(join(world.folder, 'data'), 0o755)
    const { code, out } = await icecore('doctor')
    await chmod(join(world.folder, 'data'), 0o700)
    assert.equal(code, 4)
    assert.match(out, /^warning {2}disk .*: others than its owner may look into the data folder\n {9}→ Run: chmod 700/m)
    assert.match(out, /^0 problems, 1 warning, /m)
  })

  it('a configuration with problems is the first of them', async () => {
    await edit('people:', 'peeple:')
    const { code, findings } = await doctor()
    assert.equal(code, 3)
    assert.ok(findings.every(({ check }) => check === 'configuration'))
  })

  describe('logs in as itself', () => {
    const WHO = 'SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE()'

    async function checked(): Promise<FindingJson> {
      const { findings } = await doctor()
      return findings.find(({ check }) => check === 'connections') ?? assert.fail()
    }

    it('in a session that is listed and replayed, and of which all that reached Snowflake bears the id', async () => {
      const session = /session ([0-9a-f-]{36})$/.exec((await checked()).evidence)?.[1] ?? ''
      const listed = (await icecore('sessions', 'list', '--principal', 'icecore', '--json')).out.trimEnd().split('\n')
      const summaries = listed.map((line) => sessionSummarySchema.parse(JSON.parse(line)))
      assert.partialDeepStrictEqual(
        summaries.find(({ id }) => id === session),
        { door: 'none', connection: 'prod', statements: 1, denied: 0, failed: 0, rows: 1 },
      )
      const { out } = await icecore('replay', session, '--no-wait')
      for (const text of [
        'icecore (Icecore itself)',
        'allowed by  Icecore itself',
        WHO,
        'COMPUTE_WH',
        'doctor is done',
      ])
        assert.ok(out.includes(text), out)
      const reached = world.emulator.inspect.statements().filter(({ queryTag }) => queryTag.includes(session))
      assert.deepEqual(
        reached.map(({ sqlText, queryTag }) => [
          sqlText.split('(')[0],
          JSON.parse(queryTag).icecore.statement !== null,
        ]),
        [
          ['USE SECONDARY ROLES NONE', false],
          ['SHOW PARAMETERS IN SESSION', false],
          ['SELECT CURRENT_ROLE', false],
          ['SELECT CURRENT_USER', true],
        ],
      )
      assert.equal(world.emulator.inspect.sessions().length, 0)
    })

    it('whose results no token reaches, though it calls itself icecore', async () => {
      await checked()
      const queryId = (await recordedEvents(world)).findLast((event) => event.type === 'statement.completed')?.facts
        .queryId
      const token = world.idp.mint({ sub: 'icecore', groups: ['analysts'] })
      const driver = await NodeDriver.connect({ accessUrl: gateway.url, token })
      await assert.rejects(driver.query(`SELECT * FROM TABLE(RESULT_SCAN('${queryId}'))`), /icecore:\{/)
      assert.deepEqual(await driver.query('SELECT 1 AS N'), [{ N: 1 }])
      await driver.close()
      const opened = (await recordedEvents(world)).findLast((event) => event.type === 'session.opened')
      assert.deepEqual([opened?.facts.principal.id, opened?.facts.accessRule], ['human:idp|icecore', 'analysts'])
    })

    it('and says of a role that it cannot use what Snowflake said, on record', async () => {
      await edit('"role":"ANALYST"', '"role":"NOBODY"')
      await icecore('reload')
      const found = await checked()
      await writeFile(world.config, original)
      await icecore('reload')
      assert.equal(found.result, 'problem')
      assert.match(found.evidence, /^ICE_UPSTREAM_LOGIN_FAILED: /)
      const refused = (await recordedEvents(world)).findLast((event) => event.type === 'login.refused')
      assert.deepEqual([refused?.facts.network, refused?.facts.connection], [null, 'prod'])
      assert.equal(world.emulator.inspect.sessions().length, 0)
    })
  })

  const cases: readonly (readonly [string, string, string, readonly (readonly [string, string])[]])[] = [
    [
      'a key of a connection that is not there',
      './warehouse.p8',
      './gone.p8',
      [['keys', 'connections.prod.credential']],
    ],
    ['little space', 'low_water: 1MiB', 'low_water: 10TiB', [['disk', 'space']]],
  ]
  for (const [name, from, to, wanted] of cases) {
    it(`${name} is found`, async () => {
      await edit(from, to)
      const { code, findings } = await doctor()
      assert.equal(code, 3)
      assert.deepEqual(
        troubles(findings).map(([check, , what]) => [check, what]),
        wanted,
      )
      assert.ok(findings.every(({ result, mend }) => result !== 'problem' || mend !== null))
    })
  }

  it('a key that others may read, an issuer and an account that are away', async () => {
    const key = join(world.folder, 'record.key')
    await chmod(key, 0o644)
    const open = await doctor()
    await chmod(key, 0o600)
    assert.deepEqual(troubles(open.findings)[0], ['keys', 'problem', 'recording.key'])
    await edit(world.idp.issuer, 'http://127.0.0.1:1')
    const away = await doctor()
    assert.deepEqual(
      troubles(away.findings).map(([check, , name]) => [check, name]),
      [
        ['issuers', 'idp'],
        ['certificates', 'issuers.idp'],
      ],
    )
  })

  it('without a gateway says what it could not try; a damaged journal is named by its place', async () => {
    await gateway.stop('SIGTERM')
    const { code, findings } = await doctor()
    assert.equal(code, 0)
    assert.deepEqual(
      findings.filter(({ result }) => result === 'skipped').map(({ check }) => check),
      ['gateway', 'connections'],
    )
    const segment = join(world.folder, 'data', 'journal', '0000000001.journal')
    const bytes = await readFile(segment)
    const flipped = Buffer.from(bytes)
    flipped[1500] = (flipped[1500] ?? 0) ^ 1
    await writeFile(segment, flipped)
    const damaged = await doctor()
    await writeFile(segment, bytes)
    assert.equal(damaged.code, 3)
    const journal = damaged.findings.find(({ check }) => check === 'journal')
    assert.match(journal?.evidence ?? '', /0000000001\.journal/)
    await gateway.start()
  })
})

describe('icecore index rebuild', () => {
  async function listed(): Promise<string> {
    return (await icecore('sessions', 'list', '--json')).out
  }

  it('while a gateway runs: the gateway does it, and goes on with it', async () => {
    const before = await listed()
    const done = indexRebuildSchema.parse(JSON.parse((await icecore('index', 'rebuild', '--json')).out))
    assert.equal(done.online, true)
    assert.ok(done.events > 0)
    assert.equal(await listed(), before)
    const driver = await NodeDriver.connect({
      accessUrl: gateway.url,
      token: world.idp.mint({ sub: 'ada', groups: ['analysts'] }),
    })
    await driver.query('SELECT 1')
    await driver.close()
    assert.equal((await listed()).split('\n').length, before.split('\n').length + 1)
  })

  it('without one: also over a file that is no index, and a gateway takes it up', async () => {
    const before = await listed()
    await gateway.stop('SIGTERM')
    await writeFile(join(world.folder, 'data', 'index.sqlite'), 'not a database at all, whatever its name says')
    const { code, out, err } = await icecore('index', 'rebuild', '--json')
    assert.equal(code, 0, err)
    assert.match(err, /^no gateway is running in .*: it is done offline, with its key$/m)
    assert.equal(indexRebuildSchema.parse(JSON.parse(out)).online, false)
    await gateway.start()
    assert.equal(await listed(), before)
  })
})

describe('completion', () => {
  async function complete(...words: readonly string[]): Promise<readonly string[]> {
    const { code, out } = await runIcecore(['__complete', '--', ...words]).ended
    assert.equal(code, 0)
    return out.split('\n').filter((line) => line !== '')
  }

  it('knows commands, their children, options and words of arguments', async () => {
    assert.deepEqual(await complete('st'), ['start', 'status'])
    assert.deepEqual(await complete('sessions', 't'), ['tail'])
    assert.deepEqual(await complete('status', '--j'), ['--json'])
    assert.deepEqual(await complete('completion', ''), ['bash', 'zsh', 'fish'])
    assert.deepEqual(await complete('__'), [])
    assert.deepEqual(await complete('start', '--config', ''), [])
  })

  it('knows the value behind the = of an option, in one word and, as bash has it, in three', async () => {
    assert.deepEqual(await complete('replay', '--export=h'), ['--export=html'])
    assert.deepEqual(await complete('replay', '--export', '=', 'h'), ['html'])
    assert.deepEqual(await complete('replay', '--export', '='), ['asciicast', 'html'])
    assert.deepEqual(await complete('replay', '--nothing=h'), [])
  })

  it('knows ids of sessions', async () => {
    const [id = ''] = await complete('replay', '--config', world.config, '')
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(await complete('sessions', 'end', '--config', world.config, id.slice(0, 20)), [id])
    assert.deepEqual(await complete('sessions', 'end', '--config', '/nowhere.yaml', ''), [])
  })

  describe('in bash', () => {
    let bin: string
    beforeEach(async () => {
      bin = await mkdtemp(join(world.folder, 'bin-'))
      const command = `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`
      await writeFile(join(bin, 'icecore'), command, { mode: 0o755 })
    })
    afterEach(() => rm(bin, { recursive: true }))

    it('completes what is written', async () => {
      const { out: script } = await runIcecore(['completion', 'bash']).ended
      const ask = `${script}\nCOMP_WORDS=(icecore sessions sh); COMP_CWORD=2; _icecore; printf '%s\\n' "\${COMPREPLY[@]}"`
      const path = [bin, process.env.PATH ?? ''].join(delimiter)
      const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', ask], {
        env: { ...process.env, PATH: path },
      })
      assert.equal(stdout, 'show\n')
    })
  })
})
