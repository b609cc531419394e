import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ChunkWriter, ResultChunk, Row } from './result-chunk.ts'

/** One chunk file: row arrays separated by commas, without the enclosing brackets (driver-protocol.md#chunk-bodies). */
export class JsonChunkWriter implements ChunkWriter {
  readonly #file: string
  readonly #size: number
  readonly #gzip = createGzip({ level: 1 })
  readonly #output: ReturnType<typeof createWriteStream>
  #pending: string[] = []
  #pendingLength = 0
  #rowCount = 0
  #uncompressedSize = 0

  constructor(file: string, size: number) {
    this.#file = file
    this.#size = size
    this.#output = createWriteStream(file)
    this.#gzip.pipe(this.#output)
    // A failure reaches `close` or `discard` by the stream's end; without a listener it would end the process first.
    this.#gzip.on('error', () => {})
    this.#output.on('error', (error) => this.#gzip.destroy(error))
  }

  get isFull(): boolean {
    return this.#uncompressedSize + this.#pendingLength >= this.#size
  }

  add(row: Row): void {
    const text = JSON.stringify(row)
    this.#pending.push(text)
    this.#pendingLength += text.length + 1
    this.#rowCount += 1
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return
    const isFirst = this.#uncompressedSize === 0
    const bytes = Buffer.from(`${isFirst ? '' : ','}${this.#pending.join(',')}`, 'utf8')
    this.#pending = []
    this.#pendingLength = 0
    this.#uncompressedSize += bytes.length
    if (this.#output.errored !== null) throw this.#output.errored
    if (!this.#gzip.write(bytes)) await once(this.#gzip, 'drain')
  }

  async close(): Promise<ResultChunk> {
    await this.flush()
    this.#gzip.end()
    await finished(this.#output)
    return {
      file: this.#file,
      rowCount: this.#rowCount,
      uncompressedSize: this.#uncompressedSize,
      compressedSize: this.#output.bytesWritten,
      numberBits: [],
    }
  }

  async discard(): Promise<void> {
    this.#gzip.destroy()
    this.#output.destroy()
    await rm(this.#file, { force: true })
  }
}

export function readJsonRows(body: Uint8Array): readonly Row[] {
  return JSON.parse(`[${Buffer.from(body).toString('utf8')}]`) as Row[]
}

export function writeJsonRows(rows: readonly Row[]): Uint8Array {
  return Buffer.from(JSON.stringify(rows).slice(1, -1), 'utf8')
}
