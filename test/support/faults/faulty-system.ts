/** A real process with faults of the operating system on demand: see faulty-libc.c. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('faulty-libc.c', import.meta.url))

/** Offsets in `struct faults`. */
const FIELD = { write: 0, flush: 8, short: 16, delay: 20, create: 24, wall: 32, monotonic: 40, hits: 48 } as const
const BYTES = 56

type ErrorName = 'ENOSPC' | 'EIO' | 'EMFILE' | 'EROFS'

export class FaultySystem {
  readonly #folder = mkdtempSync(join(tmpdir(), 'icecore-faults-'))
  readonly #control = join(this.#folder, 'control')
  readonly #library = join(this.#folder, 'faulty-libc.so')
  #passed = 0
  /** Why such a process cannot be made here; false where it can. */
  readonly unavailable: string | false

  constructor() {
    writeFileSync(this.#control, Buffer.alloc(BYTES))
    this.unavailable = this.#compile()
  }

  /** For a process whose writes to the journals in `folder` shall be ruled from here. */
  environment(folder: string): NodeJS.ProcessEnv {
    return {
      ...process.env,
      LD_PRELOAD: this.#library,
      ICECORE_FAULTS: this.#control,
      ICECORE_FAULTS_FOLDER: folder,
    }
  }

  /** The next `times` operations of that kind fail; all of them without `times`. `flush`: after the bytes are written. */
  fail(operation: 'write' | 'flush' | 'create', error: ErrorName, times = -1): Promise<void> {
    const fault = Buffer.alloc(8)
    fault.writeInt32LE(constants.errno[error], 0)
    fault.writeInt32LE(times, 4)
    return this.#put(FIELD[operation], fault)
  }

  /** The next `times` writes take half of what they are given. */
  writeShort(times: number): Promise<void> {
    return this.#put(FIELD.short, int32(times))
  }

  /** What is waiting goes on at once when it is set to 0. */
  delayWrites(ms: number): Promise<void> {
    return this.#put(FIELD.delay, int32(ms))
  }

  /** Sets the wall clock of the process so much ahead of the machine's, or behind it. */
  stepWall(ms: number): Promise<void> {
    return this.#put(FIELD.wall, int64(ms))
  }

  /** Lets timers of the process come due so much earlier, from now on. */
  pass(ms: number): Promise<void> {
    this.#passed += ms
    return this.#put(FIELD.monotonic, int64(this.#passed))
  }

  /** No more faults, and the count of those made begins anew. Time that has passed has passed. */
  async heal(): Promise<void> {
    await this.#put(0, Buffer.alloc(FIELD.monotonic))
    await this.#put(FIELD.hits, int32(0))
  }

  /** Faults made since the last `heal`. */
  get hits(): number {
    return readFileSync(this.#control).readInt32LE(FIELD.hits)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  /** In place: the process has the file mapped. */
  async #put(at: number, bytes: Buffer): Promise<void> {
    const file = await open(this.#control, 'r+')
    try {
      await file.write(bytes, 0, bytes.length, at)
    } finally {
      await file.close()
    }
  }

  #compile(): string | false {
    if (process.platform !== 'linux') return 'faults of the system are made by way of Linux’s LD_PRELOAD'
    try {
      execFileSync('cc', ['-shared', '-fPIC', '-O1', '-w', '-o', this.#library, SOURCE, '-ldl'], { stdio: 'pipe' })
      return false
    } catch (error) {
      return `faults of the system need a C compiler (${(error as Error).message.split('\n')[0]})`
    }
  }
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
