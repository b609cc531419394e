/** Does what a document says, word by word, as tests of a suite. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Step } from './read-steps.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export function followDocument(steps: readonly Step[]): void {
  let folder: string
  let printed = ''
  const running: ChildProcess[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'icecore-docs-'))
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
      .replaceAll(/\/tmp\/(icecore-demo|my-icecore|icecore-tls)/g, (_, name: string) => join(folder, name))
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
}
