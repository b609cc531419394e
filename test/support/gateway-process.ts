/** The gateway as a process of its own, as `icecore start` runs it, so that a test can kill it and start it again. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))

/** Another environment, or another user. */
type ProcessOptions = Pick<SpawnOptions, 'env' | 'uid' | 'gid'>

interface Ready {
  readonly gateway: string
  readonly ops: string
}

export class GatewayProcess {
  readonly #config: string
  readonly #options: ProcessOptions
  #child: ChildProcess | null = null
  #ready: Ready = { gateway: '', ops: '' }
  #errors = ''

  constructor(config: string, options: ProcessOptions = {}) {
    this.#config = config
    this.#options = options
  }

  get url(): string {
    return this.#ready.gateway
  }

  get opsUrl(): string {
    return this.#ready.ops
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it has written to standard error, over all its lives. */
  get errors(): string {
    return this.#errors
  }

  /** Resolves when it listens. Rejects with what it says when it ends before that. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [COMMAND, 'start', '--config', this.#config, '--json'], {
      ...this.#options,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stderr.on('data', (text: Buffer) => {
      this.#errors += text.toString()
    })
    const line = once(createInterface(child.stdout), 'line').then(([text]) => JSON.parse(String(text)) as Ready)
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the gateway ended before it was ready:\n${this.#errors}`)
    })
    this.#ready = await Promise.race([line, ended])
  }

  /** Sends the signal, and resolves with the exit code once the process is gone; null when the signal ended it. */
  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (child === null || !this.isRunning) return child?.exitCode ?? null
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    this.#child = null
    return child.exitCode
  }
}

/** A port that is free now: a gateway must come back where its drivers look for it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
