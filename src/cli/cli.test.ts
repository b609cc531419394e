/** The command as a person or a script runs it: what it prints where, and its exit code. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { renewal } from '../../test/support/journal/journal-fixture.ts'
import { sessionEvents } from '../../test/support/recording/sample-session.ts'
import { openJournal } from '../adapters/journal/index.ts'
import { createKeyFile, loadKek } from '../adapters/secrets/index.ts'
import { recordFolders } from '../adapters/store/index.ts'
import { systemClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { createPaint } from '../lib/text/index.ts'
import { configJsonSchema } from '../server/config/index.ts'
import { main } from './main.ts'

const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('../../examples/icecore.yaml', import.meta.url))

interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

let folder: string
/** Options that name the record of the test. */
let record: readonly string[]

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-cli-'))
  const key = join(folder, 'record.key')
  await createKeyFile(key)
  const kek = await loadKek(`\${file:${key}}`, { environment: {} })
  const limits = { ballastBytes: 0, lowWaterBytes: 0, aheadBytes: 4096 }
  const { journal: journalFolder } = recordFolders(join(folder, 'data'))
  const journal = await openJournal({ folder: journalFolder, kek, clock: systemClock, ids: randomIds, limits })
  // More than a pipe holds.
  await journal.append(...sessionEvents('0000-long'), ...Array.from({ length: 5000 }, () => renewal('0000-long')))
  for (const session of ['aaaa-first', 'bbbb-second']) await journal.append(...sessionEvents(session))
  await journal.close()
  record = ['--store', join(folder, 'data'), '--key', key]
})
after(() => rm(folder, { recursive: true }))

/** Runs the command in this process: the same `main`, without a process to start each time. */
function icecore(...args: readonly string[]): Promise<Result> {
  return icecoreAt(100, args)
}

async function icecoreAt(columns: number, args: readonly string[]): Promise<Result> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const context = {
    out,
    err,
    input: process.stdin,
    environment: { COLUMNS: String(columns) },
    paintOut: createPaint(out),
    paintErr: createPaint(err),
  }
  const texts = Promise.all([readAll(out), readAll(err)])
  const code = await main(args, context)
  out.end()
  err.end()
  const [printed, said] = await texts
  return { code, out: printed, err: said }
}

/** Runs `bin/icecore.js`. `read: 'nothing'` closes the pipe at the first bytes, as `head` does. */
async function runProcess(args: readonly string[], read: 'all' | 'nothing' = 'all'): Promise<Result> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  if (read === 'nothing') child.stdout.once('readable', () => child.stdout.destroy())
  const printed = read === 'nothing' ? Promise.resolve('') : readAll(child.stdout)
  const [out, err, code] = await Promise.all([printed, readAll(child.stderr), closed])
  return { code, out, err }
}

function lines(text: string): readonly unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

describe('help', () => {
  const commands = [
    '',
    'init',
    'config',
    'config check',
    'config schema',
    'start',
    'demo',
    'emulator',
    'sessions',
    'sessions list',
    'sessions show',
    'sessions replay',
    'replay',
    'status',
    'reload',
    'doctor',
    'sessions tail',
    'sessions end',
    'index rebuild',
    'completion',
  ]
  for (const command of commands) {
    it(`of "icecore ${command}" says how it is used`, async () => {
      const words = [...command.split(' ').filter(Boolean), '--help']
      const { code, out, err } = await icecore(...words)
      assert.deepEqual([code, err], [0, ''])
      assert.match(out, new RegExp(`^Usage: icecore ${command}`))
      if (!['config', 'sessions'].includes(command)) assert.match(out, /Examples?:\n {2}\$ .*icecore /)
      for (const line of out.split('\n')) assert.ok(line.length <= 100, line)
      for (const line of (await icecoreAt(80, words)).out.split('\n')) assert.ok(line.length <= 80, line)
    })
  }
})

describe('wrong usage ends with 2 and a hint:', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['strat'], /icecore: hint: did you mean start\?/],
    [['sessions', 'list', '--limt', '3'], /icecore: hint: did you mean --limit\?/],
    [['sessions', 'list', '--limit', 'all'], /whole number from 1/],
    [['replay'], /missing required argument 'session'/],
    [['replay', 'last', '--speed', '99'], /from 0\.5 to 16/],
    [['\u001b[2J'], /unknown command '␛\[2J'/],
  ]
  for (const [args, said] of cases) {
    it(JSON.stringify(args), async () => {
      const { code, out, err } = await icecore(...args)
      assert.deepEqual([code, out], [2, ''])
      assert.match(err, /^icecore: error: /)
      assert.match(err, said)
    })
  }
})

describe('config check', () => {
  it('passes the example', async () => {
    const { code, out } = await icecore('config', 'check', EXAMPLE)
    assert.equal(code, 0, out)
  })

  it('shows each problem with its place, and never a secret', async () => {
    const file = join(folder, 'broken.yaml')
    const text = await readFile(EXAMPLE, 'utf8')
    await writeFile(
      file,
      `${text.replace('private_key:', 'privat_key: hunter2 #').replace('people:', 'poeple:')}\nsessions: { token_life: soon }\n`,
    )
    const { code, out } = await icecore('config', 'check', file)
    assert.equal(code, 3)
    assert.match(
      out,
      /broken\.yaml:\d+:1: error: unknown key "poeple"\n {2}\d+ │ poeple:\n +│ \^\n {2}hint: did you mean "people"\?$/m,
    )
    assert.match(out, /unknown key "privat_key"/)
    assert.doesNotMatch(out, /hunter2/)
    assert.match(out, / │ sessions: \{ token_life: soon \}\n/)
  })

  it('gives the same as JSON', async () => {
    const file = join(folder, 'listens.yaml')
    const text = await readFile(EXAMPLE, 'utf8')
    await writeFile(file, `${text}\nlisten: { driver: { host: 0.0.0.0 } }\n`)
    const { code, out } = await icecore('config', 'check', file, '--json')
    assert.equal(code, 3)
    const [answer] = lines(out) as [
      { ok: boolean; file: string; problems: { code: string; at: { line: number; path: string } }[] },
    ]
    assert.deepEqual([answer.ok, answer.file], [false, file])
    assert.deepEqual(
      answer.problems.map(({ code, at }) => [code, at.path, at.line]),
      [['not_loopback', 'listen.driver.host', text.split('\n').length + 1]],
    )
  })

  it('says in plain words what is wrong with the YAML', async () => {
    const file = join(folder, 'syntax.yaml')
    const cases: readonly (readonly [string, RegExp])[] = [
      ['version: 1\naudiences [a]\n', /:2:1: error: this is no key with a value\n[\s\S]*hint: write it as key: value/],
      ['version: 1\na: [b\nc: 1\n', /error: a list is not closed before here\n[\s\S]*hint: close it with "\]"/],
      ['version: 1\na: {b: 1\nc: 1\n', /error: a mapping is not closed before here\n[\s\S]*hint: close it with "\}"/],
      ['a:\n\tb: 1\n', /hint: YAML is indented with spaces, not tabs/],
    ]
    for (const [text, said] of cases) {
      await writeFile(file, text)
      const { code, out } = await icecore('config', 'check', file)
      assert.equal(code, 3)
      assert.match(out, said)
    }
  })

  it('says when there is no file', async () => {
    const { code, out } = await icecore('config', 'check')
    assert.equal(code, 3)
    assert.match(out, /there is no such file\n {2}hint: "icecore init"/)
  })

  it('start refuses what it refuses', async () => {
    const { code, out, err } = await icecore('start', '--config', join(folder, 'nowhere.yaml'))
    assert.deepEqual([code, out], [3, ''])
    assert.match(err, /icecore: error: the configuration has 1 problem/)
  })

  it('the schema is JSON Schema', async () => {
    const schema = JSON.parse((await icecore('config', 'schema')).out) as { $schema: string; required: string[] }
    assert.match(schema.$schema, /2020-12/)
    assert.ok(schema.required.includes('issuers'))
  })
})

describe('init', () => {
  it('makes a configuration that passes the check, keys for their owner alone, and overwrites nothing', async () => {
    const base = join(folder, 'new')
    const made = await icecore('init', base, '--key-pair')
    assert.equal(made.code, 0, made.err)
    assert.equal((await icecore('config', 'check', join(base, 'icecore.yaml'))).code, 0)
    for (const name of ['icecore.yaml', 'keys/recording.key', 'keys/snowflake.p8']) {
      assert.equal((await stat(join(base, name))).mode & 0o077, 0, name)
    }
    const registered = /ALTER USER ICECORE SET RSA_PUBLIC_KEY='([^']+)'/.exec(made.out)?.[1]
    const publicKey = createPublicKey(createPrivateKey(await readFile(join(base, 'keys/snowflake.p8'), 'utf8')))
    assert.equal(registered, publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))

    const key = await readFile(join(base, 'keys/recording.key'))
    const again = await icecore('init', base)
    assert.equal(again.code, 1)
    assert.match(again.err, /is there already/)
    assert.deepEqual(await readFile(join(base, 'keys/recording.key')), key)
  })
})

describe('the configuration that init writes', () => {
  let text: string
  before(async () => {
    await icecore('init', join(folder, 'template'))
    text = await readFile(join(folder, 'template/icecore.yaml'), 'utf8')
  })

  it('explains or names each key that there is', () => {
    const keys = listKeys(configJsonSchema)
    assert.ok(keys.length > 60)
    for (const key of keys) assert.match(text, new RegExp(`(?<![\\w-])${key}(?![\\w-])`), key)
  })

  it('passes the check with what is commented out, too', async () => {
    const whole = text.replace(/^# (\w+:$| {2}.*)/gm, '$1').replace(/^ {2}# (\w+: )/gm, '  $1')
    assert.match(whole, /^limits:$[\s\S]*^ {2}hold: 40s$/m)
    assert.match(whole, /^ {2}segment_size: 64MiB$/m)
    const file = join(folder, 'template/whole.yaml')
    await writeFile(file, whole)
    const { code, out } = await icecore('config', 'check', file)
    assert.equal(code, 0, out)
    for (const line of text.split('\n')) assert.ok(line.length <= 120, line)
  })
})

/** The names of all keys, at whatever depth. */
function listKeys(schema: typeof configJsonSchema): readonly string[] {
  const below = [schema.additionalProperties, schema.items].filter((child) => typeof child === 'object')
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [key, ...listKeys(child)])
  return [...own, ...below.flatMap(listKeys)]
}

/** What is said of a data folder that was named. */
function offline(): string {
  return `reading ${join(folder, 'data')} offline, with its key; that leaves no trace on record\n`
}

describe('the record', () => {
  it('is listed, newest first', async () => {
    const { code, out, err } = await icecore('sessions', 'list', ...record)
    assert.deepEqual([code, err], [0, offline()])
    assert.match(out, /^SESSION +│ OPENED/)
    assert.ok(out.indexOf('bbbb-sec') < out.indexOf('aaaa-fir'))
    const [newest] = lines((await icecore('sessions', 'list', '--limit', '1', '--json', ...record)).out) as [
      { id: string; statements: number },
    ]
    assert.deepEqual([newest.id, newest.statements], ['bbbb-second', 2])
  })

  it('shows a session by its id, its beginning, or as the last one', async () => {
    for (const [named, id] of [
      ['aaaa-first', 'aaaa-first'],
      ['aa', 'aaaa-first'],
      ['last', 'bbbb-second'],
    ] as const) {
      const { code, out } = await icecore('sessions', 'show', named, '--json', ...record)
      const [view] = lines(out) as [{ id: string; statements: { outcome: string }[] }]
      assert.deepEqual([code, view.id, view.statements.map(({ outcome }) => outcome)], [0, id, ['completed', 'denied']])
    }
    const { out } = await icecore('sessions', 'show', 'last', ...record)
    assert.match(out, /denied ICE_STATEMENT_REFUSED/)
  })

  it('tells how much of each delivery is on record', async () => {
    const { out } = await icecore('sessions', 'show', 'last', '--json', ...record)
    const [view] = lines(out) as [
      { statements: { results: { deliveries: { recordedBytes: number; bodyBytes: number }[] }[] }[] },
    ]
    const deliveries = view.statements.flatMap(({ results }) => results.flatMap((result) => result.deliveries))
    assert.deepEqual(
      deliveries.map(({ recordedBytes, bodyBytes }) => [recordedBytes, bodyBytes]),
      [[30, 30]],
    )
  })

  it('is replayed at once where the output is no terminal, without colours', async () => {
    for (const args of [['replay'], ['sessions', 'replay']]) {
      const { code, out } = await icecore(...args, 'last', ...record)
      assert.equal(code, 0)
      assert.match(out, /statement 1\n +SELECT \* FROM ORDERS/)
      assert.match(out, /row-canary\n +b\n/)
      assert.ok(!out.includes('\u001b'))
    }
  })

  it('is replayed as JSON Lines with the hash of each delivered body', async () => {
    const { out } = await icecore('replay', 'last', '--json', ...record)
    const events = lines(out) as { event: string; recorded?: { sha256: string } }[]
    assert.equal(events.length, sessionEvents('x').length)
    const sha256 = createHash('sha256').update('[["row-canary","1"],["b","2"]]').digest('hex')
    assert.deepEqual(
      events.flatMap(({ recorded }) => recorded?.sha256 ?? []),
      [sha256],
    )
    assert.doesNotMatch(out, /row-canary/)
  })

  it('says what it does not have', async () => {
    const { code, err } = await icecore('replay', 'zzzz', ...record)
    assert.equal(code, 1)
    assert.match(err, /^icecore: error: there is no recording of session zzzz\nicecore: hint: /m)
  })

  it('is not read with another key', async () => {
    const other = join(folder, 'other.key')
    await createKeyFile(other)
    const { code, out, err } = await icecore('sessions', 'list', '--store', join(folder, 'data'), '--key', other)
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, /^icecore: error: the key/m)
  })
})

describe('what its user can put right is said plainly:', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a data folder without a key', ['sessions', 'list', '--data', 'FOLDER/nowhere'], /no icecore\.yaml in .*nowhere/],
    ['a folder without a record', ['replay', 'last', '--data', 'FOLDER', '--key', 'KEY'], /there is no record in/],
    ['a folder that is a file', ['init', 'FOLDER/file'], /file\/keys cannot be used: not a directory \(ENOTDIR\)/],
    ['a port that is taken', ['emulator', '--scale', '0', '--port', 'PORT'], /cannot be used: address already in use/],
    [
      'SQL that fails',
      ['emulator', '--scale', '0', '--init', 'FOLDER/bad.sql'],
      /the SQL to start with failed: .*NOPE/,
    ],
  ]
  for (const [name, args, said] of cases) {
    it(name, async () => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      await writeFile(join(folder, 'file'), '')
      await writeFile(join(folder, 'bad.sql'), 'SELECT * FROM NOPE')
      const port = String((taken.address() as AddressInfo).port)
      const given = args.map((arg) =>
        arg.replace('FOLDER', folder).replace('KEY', join(folder, 'record.key')).replace('PORT', port),
      )
      // A process of its own: one that failed must also end.
      const { code, out, err } = await runProcess(given)
      assert.deepEqual([code, out], [1, ''])
      assert.match(err, said)
      assert.doesNotMatch(err, /defect/)
      taken.close()
    })
  }
})

describe('bin/icecore.js', () => {
  it('ends with the exit code of the command, and finds the configuration of the folder', async () => {
    const { code, out } = await runProcess(['config', 'check'])
    assert.equal(code, 3)
    assert.match(out, /^icecore\.yaml:1:1: error: there is no such file/)
    assert.match((await runProcess(['--version'])).out, /^\d+\.\d+\.\d+\n$/)
  })

  it('ends quietly when its reader has seen enough', async () => {
    const { code, err } = await runProcess(['replay', '0000', '--json', ...record], 'nothing')
    assert.deepEqual([code, err], [0, offline()])
  })

  it('fails where its output cannot be written', async () => {
    const full = await open('/dev/full', 'w')
    try {
      for (const args of [['--help'], ['replay', '0000', '--json', ...record]]) {
        const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', full.fd, 'pipe'] })
        const [err, [code]] = await Promise.all([readAll(child.stderr!), once(child, 'close')])
        const said = args.includes('replay') ? offline() : ''
        assert.deepEqual([code, err], [1, `${said}icecore: error: the output cannot be written (ENOSPC)\n`])
      }
    } finally {
      await full.close()
    }
  })
})

describe('replay --export', () => {
  for (const form of ['html', 'asciicast']) {
    it(`writes ${form} to a private file, says what that means, and replaces none unless told to`, async () => {
      const file = join(folder, `film.${form}`)
      const args = ['replay', 'aaaa', '--export', form, '--output', file, ...record]
      const made = await icecore(...args)
      assert.deepEqual([made.code, made.out], [0, ''])
      assert.match(made.err, /they have left the encrypted record/)
      assert.equal((await stat(file)).mode & 0o777, 0o600)
      const text = await readFile(file, 'utf8')
      assert.match(text, /row-canary/)
      assert.equal((await icecore('replay', 'aaaa', '--export', form, ...record)).out, text)

      await writeFile(file, 'mine', { mode: 0o644 })
      const refused = await icecore(...args)
      assert.deepEqual([refused.code, await readFile(file, 'utf8')], [1, 'mine'])
      assert.match(refused.err, /is there already\n.*--force replaces it/)
      assert.equal((await icecore(...args, '--force')).code, 0)
      assert.deepEqual([(await stat(file)).mode & 0o777, await readFile(file, 'utf8')], [0o600, text])
    })
  }
})
