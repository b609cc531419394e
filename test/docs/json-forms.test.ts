/** What the commands print with --json, run for real and held to the schemas that the documents are made from. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ZodType } from 'zod'
import { runIcecore } from '../../demo/testing/run-icecore.ts'
import {
  configCheckSchema,
  demoSchema,
  emulatorSchema,
  eventSchema,
  eventSchemaOf,
  factsSchemas,
  initSchema,
  type SessionEventType,
  sessionSummarySchema,
  sessionViewSchema,
  startSchema,
} from '../../src/api-schema/index.ts'

let folder: string
/** Options that name the record of a demo that was here. */
let record: readonly string[]

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-json-forms-'))
  const data = join(folder, 'demo')
  const { code, out, err } = await runIcecore(['demo', '--once', '--json', '--data', data]).ended
  assert.equal(code, 0, err)
  record = ['--data', data]
  assert.equal(parse(demoSchema, out).data, data)
})
after(() => rm(folder, { recursive: true }))

/** Each line of the output, which must have the form: no field too few, and none that is not documented. */
function parseLines<T>(schema: ZodType<T>, out: string): readonly T[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)))
}

function parse<T>(schema: ZodType<T>, out: string): T {
  const all = parseLines(schema, out)
  assert.equal(all.length, 1)
  return all[0]!
}

async function print(args: readonly string[], expected = 0): Promise<string> {
  const { code, out, err } = await runIcecore(args).ended
  assert.equal(code, expected, err)
  return out
}

describe('the JSON form of', () => {
  it('init', async () => {
    const whole = parse(initSchema, await print(['init', join(folder, 'new'), '--key-pair', '--json']))
    assert.match(await readFile(whole.config, 'utf8'), /^# Configuration/)
    assert.ok(whole.privateKey !== null && whole.publicKey !== null)
    const plain = parse(initSchema, await print(['init', join(folder, 'plain'), '--json']))
    assert.deepEqual([plain.privateKey, plain.publicKey], [null, null])
  })

  it('config check', async () => {
    const file = join(folder, 'broken.yaml')
    await writeFile(file, 'version: 1\nacces: []\n')
    const { ok, problems } = parse(configCheckSchema, await print(['config', 'check', file, '--json'], 3))
    assert.equal(ok, false)
    assert.ok(problems.some(({ hint }) => hint === 'did you mean "access"?'))
    const good = await print(['config', 'check', join(folder, 'new/icecore.yaml'), '--json'])
    assert.equal(parse(configCheckSchema, good).ok, true)
  })

  it('start', async () => {
    const config = join(folder, 'new/icecore.yaml')
    await writeFile(config, (await readFile(config, 'utf8')).replaceAll(/port: \d+/g, 'port: 0'))
    const gateway = runIcecore(['start', '--json', '--config', config])
    const { pid, data } = parse(startSchema, await gateway.firstLine)
    assert.equal(data, join(folder, 'new/icecore-data'))
    process.kill(pid, 'SIGTERM')
    assert.equal((await gateway.ended).code, 0)
  })

  it('emulator', async () => {
    const emulator = runIcecore(['emulator', '--json', '--scale', '0'])
    const { pid } = parse(emulatorSchema, await emulator.firstLine)
    process.kill(pid, 'SIGTERM')
    assert.equal((await emulator.ended).code, 0)
  })

  it('sessions list', async () => {
    const session = parse(sessionSummarySchema, await print(['sessions', 'list', '--json', ...record]))
    assert.deepEqual([session.agent, session.denied, session.failed], ['coding-agent', 1, 1])
  })

  it('sessions show', async () => {
    const view = parse(sessionViewSchema, await print(['sessions', 'show', 'last', '--json', ...record]))
    assert.deepEqual(
      view.statements.map(({ outcome }) => outcome),
      ['completed', 'completed', 'completed', 'completed', 'completed', 'failed', 'denied'],
    )
  })

  it('replay', async () => {
    const out = await print(['replay', 'last', '--json', '--bodies', ...record])
    const events = parseLines(eventSchema, out)
    for (const [at, { event }] of events.entries()) {
      assert.ok(isSessionEvent(event), event)
      eventSchemaOf(event).parse(events[at])
    }
    const [chunk] = events.filter(({ facts, recorded }) => facts.part === 'chunk' && recorded !== undefined)
    assert.equal(chunk?.recorded?.sha256, chunk?.facts.sha256)
    assert.ok(events.some(({ body }) => body !== undefined))
  })
})

function isSessionEvent(event: string): event is SessionEventType {
  return Object.hasOwn(factsSchemas, event)
}
