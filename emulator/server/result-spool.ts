/**
 * Results at rest: the first rows in memory, the rest as gzip chunks in files. Rows pass through one batch at a
 * time, so that memory stays bounded however large the result.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip, gunzipSync } from 'node:zlib'
import type { Cell, Column, FileTransfer, StatementResult } from '../engine.ts'

export type Row = readonly Cell[]

export interface ResultChunk {
  readonly file: string
  readonly rowCount: number
  readonly uncompressedSize: number
  readonly compressedSize: number
}

export interface SpooledResult {
  readonly columns: readonly Column[]
  readonly inlineRows: readonly Row[]
  readonly chunks: readonly ResultChunk[]
  readonly total: number
  readonly statementTypeId: number
  readonly stats: Readonly<Record<string, number>> | null
  readonly numberOfBinds: number
  readonly fileTransfer: FileTransfer | null
}

export interface SpoolOptions {
  readonly inlineRows: number
  readonly inlineBytes: number
  readonly firstChunkBytes: number
  readonly maxChunkBytes: number
}

export class ResultSpool {
  readonly #options: SpoolOptions
  readonly directory = mkdtempSync(join(tmpdir(), 'snowflake-emulator-'))

  constructor(options: SpoolOptions) {
    this.#options = options
  }

  /** Reads a result to its end, or until the signal. */
  async store(result: StatementResult, signal: AbortSignal): Promise<SpooledResult> {
    const inlineRows: Row[] = []
    const chunks: ResultChunk[] = []
    let inlineBytes = 0
    let total = 0
    let writer = null as ChunkWriter | null
    try {
      for await (const batch of result.batches) {
        signal.throwIfAborted()
        for (const row of batch) {
          total += 1
          const text = JSON.stringify(row)
          if (writer === null && this.#fitsInline(inlineRows.length, inlineBytes + text.length)) {
            inlineRows.push(row)
            inlineBytes += text.length
            continue
          }
          writer ??= this.#openChunk(chunks.length)
          writer.add(text)
          if (writer.isFull) {
            chunks.push(await writer.close())
            writer = this.#openChunk(chunks.length)
          }
        }
        await writer?.flush()
      }
      if (writer !== null) {
        const last = await writer.close()
        if (last.rowCount > 0) chunks.push(last)
        else await rm(last.file, { force: true })
      }
    } catch (error) {
      await writer?.discard()
      await removeChunks(chunks)
      throw error
    }
    return {
      columns: result.columns,
      inlineRows,
      chunks,
      total,
      statementTypeId: result.statementTypeId,
      stats: result.stats ?? null,
      numberOfBinds: result.numberOfBinds,
      fileTransfer: result.fileTransfer ?? null,
    }
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }

  #fitsInline(rows: number, bytes: number): boolean {
    return rows < this.#options.inlineRows && bytes <= this.#options.inlineBytes
  }

  #openChunk(index: number): ChunkWriter {
    const { firstChunkBytes, maxChunkBytes } = this.#options
    const size = Math.min(firstChunkBytes * 2 ** index, maxChunkBytes)
    return new ChunkWriter(join(this.directory, randomUUID()), size)
  }
}

/** Every row of a result, read back from its files. */
export function readRows(result: SpooledResult): readonly Row[] {
  const rows = [...result.inlineRows]
  for (const chunk of result.chunks) {
    const text = gunzipSync(readFileSync(chunk.file)).toString('utf8')
    for (const row of JSON.parse(`[${text}]`) as Row[]) rows.push(row)
  }
  return rows
}

export async function removeChunks(chunks: readonly ResultChunk[]): Promise<void> {
  for (const chunk of chunks) await rm(chunk.file, { force: true })
}

/** One chunk file: row arrays separated by commas, without the enclosing brackets (driver-protocol.md#chunk-bodies). */
class ChunkWriter {
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

  add(rowText: string): void {
    this.#pending.push(rowText)
    this.#pendingLength += rowText.length + 1
    this.#rowCount += 1
  }

  /** Hands the gathered rows on; waits while the disk is behind. */
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
    }
  }

  async discard(): Promise<void> {
    this.#gzip.destroy()
    this.#output.destroy()
    await rm(this.#file, { force: true })
  }
}
