import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readSteps, type Step } from './read-steps.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const steps = readSteps(await readFile(join(ROOT, 'docs/getting-started.md'), 'utf8'))

describe('docs/getting-started.md, followed word by word', () => {
  let folder: string
  let printed = ''
  const running: ChildProcess[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'icecore-getting-started-'))
  })
  after(async () => {
    for (const child of running) {
      const closed = once(child, 'close')
      process.kill(-(child.pid ?? 0), 'SIGTERM')
      await closed
    }
    await rm(folder, { recursive: true })
  })

  /** The reader's folders and ports are this test's own, so that two runs do not meet. */
  const localise = (text: string): string =>
    text
      .replaceAll(/\/tmp\/(icecore-demo|my-icecore)/g, (_, name: string) => join(folder, name))
      .replaceAll(/port: \d+/g, 'port: 0')

  /** A group of its own: npm, its shell and the command in it are ended as one. */
  function start(commands: string): ChildProcess {
    const options = { cwd: ROOT, detached: true, env: { ...process.env, COLUMNS: '120' } }
    const child = spawn('bash', ['-ec', localise(commands)], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    }
    return child
  }

  async function startUntil(commands: string, until: string): Promise<void> {
    const child = start(commands)
    running.push(child)
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (printed.includes(until)) resolve()
      }
      child.stdout?.on('data', look)
      child.stderr?.on('data', look)
      child.once('close', (code) => reject(new Error(`it ended with ${code}: ${printed}`)))
    })
  }

  async function take(step: Step): Promise<void> {
    switch (step.step) {
      case 'run': {
        const [code] = (await once(start(step.commands), 'close')) as [number | null]
        assert.equal(code, step.exit, printed)
        return
      }
      case 'background':
        return startUntil(step.commands, step.until)
      case 'shows':
        for (const line of step.lines) assert.ok(printed.includes(line), `"${line}" is not in:\n${printed}`)
        return
      case 'file':
        return writeFile(localise(step.path), localise(step.text))
    }
  }

  for (const step of steps) it(`line ${step.line}: ${step.step}`, () => take(step))

  it('has steps of every kind, so that a mark in another form is not passed over', async () => {
    const text = await readFile(join(ROOT, 'docs/getting-started.md'), 'utf8')
    assert.equal(steps.length, text.match(/^<!-- /gm)?.length)
    assert.deepEqual([...new Set(steps.map(({ step }) => step))].sort(), ['background', 'file', 'run', 'shows'])
  })
})
