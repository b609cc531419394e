import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { type DemoJson, demoSchema } from '../src/api-schema/index.ts'
import { query } from './testing/query.ts'
import { COMMAND, type Ended, follow, type Running, runIcecore } from './testing/run-icecore.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const GUARD = new URL('testing/loopback-only.ts', import.meta.url).href
const LOOPBACK_ONLY = { ...process.env, NODE_OPTIONS: `--import ${GUARD}` }

async function mintToken({ tokenEndpoint }: DemoJson, claims: unknown): Promise<string> {
  const answer = await fetch(tokenEndpoint, { method: 'POST', body: JSON.stringify(claims) })
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token
}

async function readReady(demo: Running): Promise<DemoJson> {
  return demoSchema.parse(JSON.parse(await demo.firstLine))
}

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-demo-test-'))
})
after(() => rm(folder, { recursive: true }))

describe('icecore demo --json', () => {
  let demo: Running
  let ready: DemoJson
  let ended: Ended
  let data: string

  before(async () => {
    data = join(folder, 'kept')
    const [init, config] = [join(folder, 'init.sql'), join(folder, 'over.yaml')]
    await writeFile(
      init,
      "CREATE TABLE SHOP.SALES.NOTES (TEXT VARCHAR); INSERT INTO SHOP.SALES.NOTES VALUES ('from init');",
    )
    await writeFile(
      config,
      `
version: 1
data: /nowhere
connections:
  admin: {role: SYSADMIN, warehouse: COMPUTE_WH}
access:
  - {name: admins, when: {groups: [admins]}, connections: [admin, demo], roles: [SYSADMIN, ANALYST]}
`,
    )
    demo = runIcecore(['demo', '--json', '--data', data, '--init', init, '--config', config])
    ready = await readReady(demo)
  })
  after(async () => {
    ended = await demo.stop('SIGTERM')
    assert.equal(ended.code, 0, ended.err)
    assert.equal(ended.out.trimEnd().split('\n').length, 1, 'nothing but the one object on standard output')
  })

  it('says with one object where everything is', () => {
    assert.deepEqual(ready.connections, ['demo', 'admin'])
    assert.equal(ready.data, data)
    assert.deepEqual(
      ready.principals.map(({ name, kind }) => `${name} ${kind}`),
      ['ada human', 'ben human', 'coding-agent agent'],
    )
  })

  it('serves each principal with its token as its access rule says', async () => {
    const rows = async (name: string): Promise<unknown> => {
      const token = ready.principals.find((principal) => principal.name === name)?.token ?? ''
      return query({ gateway: ready.gateway, connection: 'demo', token }, 'SELECT CURRENT_ROLE() AS R').catch(
        (error: Error) => error.message,
      )
    }
    assert.deepEqual(await rows('ada'), [{ R: 'ANALYST' }])
    assert.deepEqual(await rows('coding-agent'), [{ R: 'ANALYST' }])
    assert.match(String(await rows('ben')), /Log-in refused/)
  })

  it('signs tokens with any claims, runs the SQL of --init and takes the rules of --config', async () => {
    const token = await mintToken(ready, { sub: 'root', groups: ['admins'] })
    const at = { gateway: ready.gateway, connection: 'admin', token }
    assert.deepEqual(await query(at, 'SELECT TEXT, CURRENT_ROLE() AS R FROM SHOP.SALES.NOTES'), [
      { TEXT: 'from init', R: 'SYSADMIN' },
    ])
    const analyst = await mintToken(ready, { sub: 'ada', groups: ['analysts'] })
    await assert.rejects(query({ ...at, token: analyst }, 'SELECT 1'), /Log-in refused/)
  })

  it('reports health on its own listener', async () => {
    assert.equal((await fetch(new URL('/healthz', ready.ops))).status, 200)
  })

  it('answers the operator, and says that it has no file to read again', async () => {
    const reload = await runIcecore(['reload', '--data', data]).ended
    assert.equal(reload.code, 3)
    assert.match(reload.err, /started without a configuration file/)
  })

  it('lets none but its owner read what it keeps', async () => {
    for (const file of ['keys/record.key', 'keys/warehouse.p8', 'icecore.yaml', 'agent.env']) {
      assert.equal((await stat(join(data, file))).mode & 0o077, 0, file)
    }
  })
})

describe('icecore demo', () => {
  it('stays on this machine, and so does the example that it suggests', async () => {
    const once = await runIcecore(['demo', '--once'], LOOPBACK_ONLY).ended
    assert.deepEqual([once.code, once.err], [0, ''])
    const data = join(folder, 'local')
    const demo = runIcecore(['demo', '--data', data], LOOPBACK_ONLY)
    await demo.until('Ctrl-C ends the demo')
    const example = [`--env-file=${join(data, 'agent.env')}`, 'examples/node/query.mjs', 'SELECT 1 AS A']
    const asked = await follow(spawn(process.execPath, example, { cwd: ROOT, env: LOOPBACK_ONLY })).ended
    assert.deepEqual([asked.code, asked.err], [0, ''])
    // The twin: a driver that is not told so goes out, and is seen to.
    const free = { ...LOOPBACK_ONLY, SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'false' }
    const seen = await follow(spawn(process.execPath, example, { cwd: ROOT, env: free })).ended
    assert.match(seen.err, /beyond this machine/)
    await demo.stop('SIGTERM')
  })

  it('fits 80 columns, prints a program that works as pasted, and leaves nothing behind', async () => {
    const demo = runIcecore(['demo'])
    const said = await demo.until('Ctrl-C ends the demo')
    for (const line of said.split('\n')) assert.ok(line.length <= 80, line)
    const pasted = /^\S+ npx node --input-type=module <<'END'\n[\s\S]*?^END$/m.exec(said)?.[0] ?? ''
    const guarded = pasted.replace('npx node ', `npx node --import ${GUARD} `)
    const { code, out, err } = await follow(spawn('bash', ['-c', guarded], { cwd: ROOT })).ended
    assert.deepEqual([code, err], [0, ''])
    assert.match(out, /EMAIL: '[^']+@example/)
    const ended = await demo.stop('SIGINT')
    assert.equal(ended.code, 0, ended.err)
    const data = /record +(\S+)/.exec(said)?.[1] ?? ''
    await assert.rejects(stat(data), { code: 'ENOENT' })
  })
})

describe('icecore demo --once', () => {
  it('does an agent’s work, replays its session and ends; the record stays in a named folder, which no start takes', async () => {
    const data = join(folder, 'once')
    const first = await runIcecore(['demo', '--once', '--data', data]).ended
    assert.equal(first.code, 0, first.err)
    const [narrated = '', replayed = ''] = first.out.split('played back')
    assert.match(narrated, /→ 50,000 rows/)
    assert.match(narrated, /invalid identifier 'PRIZE'/)
    assert.match(narrated, /what a program reads of it: ICE_STATEMENT_REFUSED/)
    assert.match(replayed, /coding-agent for Ada/)
    assert.match(replayed, /denied ICE_STATEMENT_REFUSED/)
    assert.match(replayed, /chunk 1: /)
    assert.match(replayed, /end log-out/)

    const again = await runIcecore(['demo', '--once', '--json', '--data', data]).ended
    assert.equal(again.code, 0, again.err)
    assert.equal(demoSchema.parse(JSON.parse(again.out)).data, data)
    const list = await runIcecore(['sessions', 'list', '--json', '--config', join(data, 'icecore.yaml')]).ended
    assert.equal(list.out.trimEnd().split('\n').length, 2, 'both runs are on record')

    const real = await runIcecore(['start', '--config', join(data, 'icecore.yaml')]).ended
    assert.equal(real.code, 1)
    assert.match(real.err, /it is the demo’s/)
  })

  it('leaves nothing behind where no folder is named', async () => {
    const { out, code } = await runIcecore(['demo', '--once', '--json']).ended
    assert.equal(code, 0)
    await assert.rejects(stat(demoSchema.parse(JSON.parse(out)).data), { code: 'ENOENT' })
  })

  it('leaves nothing behind either where its reader has seen enough', async () => {
    const child = spawn(process.execPath, [COMMAND, 'demo', '--once'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const demo = follow(child)
    const data = /record +(\S+)/.exec(await demo.until('goes to work'))?.[1] ?? ''
    await stat(data)
    child.stdout.destroy()
    const { code, err } = await demo.ended
    assert.deepEqual([code, err], [0, ''])
    await assert.rejects(stat(data), { code: 'ENOENT' })
  })
})

describe('icecore demo, badly asked', () => {
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['a folder of somebody else’s', ['--data', 'FOLDER/foreign'], 1, /holds keys, which is not the demo’s/],
    ['SQL that fails', ['--init', 'FOLDER/bad.sql'], 1, /the SQL to start with failed: .*NOPE/],
    [
      'a file that is not there',
      ['--config', 'FOLDER/none.yaml'],
      1,
      /none\.yaml cannot be used: no such file or directory \(ENOENT\)/,
    ],
    ['no YAML', ['--config', 'FOLDER/broken.yaml'], 3, /broken\.yaml:1:10: error: /],
    [
      'a key that nobody knows',
      ['--config', 'FOLDER/misspelt.yaml'],
      3,
      /misspelt\.yaml:1:1: error: unknown key "acces"[\s\S]*did you mean "access"/,
    ],
  ]
  before(async () => {
    await mkdir(join(folder, 'foreign'))
    await mkdir(join(folder, 'foreign/keys'))
    await writeFile(join(folder, 'bad.sql'), 'SELECT * FROM NOPE')
    await writeFile(join(folder, 'broken.yaml'), 'access: [')
    await writeFile(join(folder, 'misspelt.yaml'), 'acces: []')
  })
  for (const [name, args, code, said] of cases) {
    it(name, async () => {
      const ended = await runIcecore(['demo', '--json', ...args.map((arg) => arg.replace('FOLDER', folder))]).ended
      assert.equal(ended.code, code, ended.err)
      assert.match(ended.err, said)
      assert.equal(ended.out, '')
      assert.doesNotMatch(ended.err, /defect/)
    })
  }
})
