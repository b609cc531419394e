/** A record full of text that was written to deceive whoever reads it, read with every command that reads records. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { rareEvents, sessionEvents } from '../../test/support/recording/sample-session.ts'
import { openJournal } from '../adapters/journal/index.ts'
import { createKeyFile, loadKek } from '../adapters/secrets/index.ts'
import { recordFolders } from '../adapters/store/index.ts'
import type { EventInput } from '../core/recording/index.ts'
import { randomIds } from '../lib/ids.ts'

const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))

/** A title change, a cleared screen, C1 and DEL, reordered and hidden text, line ends of five kinds, half a character. */
const HOSTILE =
  '\u001b]0;owned\u0007\u001b[2J\u009b31m\u007f\u202eevil\u2066\u200b\ufeff\r\n\u0085\u2028\0\u{e0041}\ud800'

/** What a terminal, a pager or an eye takes for something else than a character; a line feed ends our own lines. */
const DANGEROUS = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** What our own colours and line ends are made of. */
const OURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m|\r\n`, 'g')

/** Fields whose values are a choice of Icecore's own, and steer the reader. */
const CHOICES: ReadonlySet<string> = new Set(['type', 'part', 'encoding', 'decision', 'format', 'status'])

let folder: string

function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return CHOICES.has(key) ? value : `${value}${HOSTILE}`
  if (Array.isArray(value)) return value.map((item) => poison(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [poisonName(name, key), poison(item, name)]))
}

/** Names of binds, parameters, claims and parts of the driver's environment come from outside. */
function poisonName(name: string, parent: string): string {
  return ['bindings', 'parameters', 'claims', 'environment'].includes(parent) ? `${name}${HOSTILE}` : name
}

function hostileEvents(session: string): readonly EventInput[] {
  return [...sessionEvents(session), ...rareEvents(session)].map((event) => {
    const body = event.type === 'result.batch' ? { body: bodyOf(event.facts.piece) } : {}
    return { ...event, facts: poison(event.facts), ...body } as EventInput
  })
}

/** Two pieces of one list of rows. */
function bodyOf(piece: number): Uint8Array {
  const text = JSON.stringify([
    [HOSTILE, HOSTILE],
    [null, HOSTILE],
  ])
  return Buffer.from(piece === 0 ? text.slice(0, 10) : text.slice(10))
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-hostile-'))
  const key = join(folder, 'record.key')
  await createKeyFile(key)
  const journal = await openJournal({
    folder: recordFolders(join(folder, 'data')).journal,
    kek: await loadKek(`\${file:${key}}`, { environment: {} }),
    clock: new FakeClock(),
    ids: randomIds,
    limits: { ballastBytes: 0, lowWaterBytes: 0, aheadBytes: 4096 },
  })
  await journal.append(...hostileEvents('cccc-hostile'))
  await journal.close()
})
after(() => rm(folder, { recursive: true }))

async function icecore(...args: readonly string[]): Promise<string> {
  const record = ['--store', join(folder, 'data'), '--key', join(folder, 'record.key')]
  const options = { env: { COLUMNS: '160' }, cwd: folder }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [COMMAND, ...args, ...record], options)
  assert.equal(stderr, `reading ${join(folder, 'data')} offline, with its key; that leaves no trace on record\n`)
  return stdout
}

describe('a hostile record', () => {
  for (const args of [
    ['sessions', 'list'],
    ['sessions', 'show', 'cccc'],
    ['replay', 'cccc'],
    ['replay', 'cccc', '--export', 'html'],
    ['replay', 'cccc', '--export', 'asciicast'],
  ]) {
    it(`is shown marked by ${args.join(' ')}`, async () => {
      const out = await icecore(...args)
      assert.doesNotMatch(out, DANGEROUS)
      assert.match(out, /␛\]0;owned/, 'what stood there can be seen')
    })
    if (args.includes('--export')) continue
    it(`comes escaped, and whole, from ${args.join(' ')} --json`, async () => {
      const out = await icecore(...args, '--json')
      assert.doesNotMatch(out, DANGEROUS)
      const values = out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
      assert.ok(holds(values, HOSTILE), 'the text itself is in it')
    })
  }
})

describe('an export of a hostile record', () => {
  it('asks a terminal for colours and line ends, and for nothing else', async () => {
    const [head, ...events] = (await icecore('replay', 'cccc', '--export', 'asciicast'))
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    for (const shown of [head, ...events].flatMap(textsOf)) {
      assert.doesNotMatch(shown.replace(OURS, ''), DANGEROUS)
    }
    assert.ok(events.length > 20)
  })

  it('gives a page texts that are marked', async () => {
    const page = await icecore('replay', 'cccc', '--export', 'html')
    const film: unknown = JSON.parse(
      /<script type="application\/json" id="film">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '',
    )
    const texts = textsOf(film)
    for (const shown of texts) assert.doesNotMatch(shown, DANGEROUS)
    assert.ok(texts.length > 100)
  })
})

/** All texts in a value, names included. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => [name, ...textsOf(item)])
}

function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.toWellFormed().includes(text.toWellFormed())
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => holds(item, text))
}
