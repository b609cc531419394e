import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { inspect, promisify } from 'node:util'
import { type IcecoreError, isIcecoreError } from '../../errors.ts'
import { createKeyFile, loadKek, resolveSecret } from './index.ts'

const VALUE = 'correct horse battery staple'
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-secrets-'))
})
after(() => rm(folder, { recursive: true }))

async function secretFile(name: string, content: string, mode = 0o600): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  await chmod(path, mode)
  return path
}

async function pipe(name: string): Promise<string> {
  const path = join(folder, name)
  await promisify(execFile)('mkfifo', ['-m', '600', path])
  return `\${file:${path}}`
}

const nodeCommand = (script: string): string => `\${exec:"${process.execPath}" -e "${script}"}`

describe('resolveSecret', () => {
  it('reads from file, environment and command, without the last newline', async () => {
    const path = await secretFile('good', `${VALUE}\n`)
    const link = join(folder, 'link')
    await symlink(path, link)
    const references = [
      `\${file:${path}}`,
      `\${file:${link}}`,
      `\${env:ICE_TEST}`,
      nodeCommand(`console.log('${VALUE}')`),
    ]
    for (const reference of references) {
      const secret = await resolveSecret(reference, { environment: { ICE_TEST: VALUE } })
      assert.equal(secret.reveal(), VALUE, reference)
    }
  })

  it('runs no shell', async () => {
    const reference = `\${exec:"${process.execPath}" -p process.argv.slice(1).join() -- $HOME;id "a b" '|'}`
    assert.equal((await resolveSecret(reference, { environment: {} })).reveal(), '$HOME;id,a b,|')
  })

  const refusals: [string, () => Promise<string>, RegExp][] = [
    ['no file', async () => `\${file:${folder}/none}`, /no such file/],
    ['a pipe', () => pipe('pipe'), /not a file/],
    ['a folder', async () => `\${file:${folder}}`, /not a file/],
    [
      'a file for the group',
      async () => `\${file:${await secretFile('group', VALUE, 0o640)}}`,
      /others than its owner/,
    ],
    ['a file for all', async () => `\${file:${await secretFile('all', VALUE, 0o604)}}`, /others than its owner/],
    ['a huge file', async () => `\${file:${await secretFile('huge', VALUE.repeat(9000))}}`, /larger than/],
    ['an empty file', async () => `\${file:${await secretFile('empty', '\n')}}`, /is empty/],
    ['no variable', async () => `\${env:ICE_NONE}`, /not set/],
    ['no command', async () => `\${exec:/no/such/command}`, /no such command/],
    ['a failing command', async () => nodeCommand(`console.error('${VALUE}');process.exit(3)`), /failed \(3\)/],
    ['a talkative command', async () => nodeCommand(`console.log('${VALUE}'.repeat(100))`), /more than 1000 bytes/],
    ['a slow command', async () => nodeCommand(`console.log('${VALUE}');setInterval(()=>0,9e9)`), /within 1500 ms/],
    ['an open quote', async () => `\${exec:cat "a}`, /quote/],
    ['a plain value', async () => VALUE, /not a reference/],
  ]
  for (const [name, reference, reason] of refusals) {
    it(`refuses ${name} and does not show its content`, async () => {
      const exec = { timeoutMs: 1500, maxBytes: 1000 }
      const error: unknown = await resolveSecret(await reference(), { environment: {}, exec }).catch((e: unknown) => e)
      assert.ok(isIcecoreError(error, 'ICE_SECRET_UNREADABLE'), inspect(error))
      assert.match(error.message, reason)
      // The command's own text is the operator's, not content: what must not show is output beyond it.
      assert.equal(error.cause, undefined)
      if (!name.includes('command')) {
        assert.ok(!inspect(error).includes(VALUE))
      }
    })
  }
})

describe('the key-encryption key', () => {
  it('is made for its owner alone and loads', async () => {
    const path = join(folder, 'kek')
    await createKeyFile(path)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    const key = await loadKek(`\${file:${path}}`, { environment: {} })
    assert.equal(key.symmetricKeySize, 32)
    const environment = { KEK: (await readFile(path, 'utf8')).trim() }
    assert.ok(key.equals(await loadKek(`\${env:KEK}`, { environment })))
  })

  it('is never overwritten', async () => {
    const path = await secretFile('existing', 'something')
    await assert.rejects(createKeyFile(path), (error: IcecoreError) => error.code === 'ICE_KEY_INVALID')
    assert.equal(await readFile(path, 'utf8'), 'something')
  })

  const bad = [
    'c2hvcnQ=',
    Buffer.alloc(33).toString('base64'),
    `${Buffer.alloc(32).toString('base64')}!`,
    'x'.repeat(44),
  ]
  for (const value of bad) {
    it(`refuses ${value.length} characters that are no key, without showing them`, async () => {
      const error: unknown = await loadKek(`\${env:KEK}`, { environment: { KEK: value } }).catch((e: unknown) => e)
      assert.ok(isIcecoreError(error, 'ICE_KEY_INVALID'))
      assert.ok(!inspect(error).includes(value))
    })
  }
})
