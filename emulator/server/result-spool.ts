/**
 * Results at rest: the first rows in memory, the rest as gzip chunks in files. Rows pass through one batch at a
 * time, so that memory stays bounded however large the result.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Column, FileTransfer, StatementResult } from '../engine.ts'
import { ArrowChunkWriter, type NumberBits, readArrowRows, settleWidths, writeArrowRows } from './arrow/index.ts'
import { JsonChunkWriter, readJsonRows, writeJsonRows } from './json-chunk.ts'
import { type ChunkWriter, type ResultChunk, type Row, rowSize } from './result-chunk.ts'
import { arrowColumns, type ResultFormat } from './result-format.ts'

export interface SpooledResult {
  readonly format: ResultFormat
  readonly columns: readonly Column[]
  readonly inlineRows: readonly Row[]
  readonly chunks: readonly ResultChunk[]
  /** How wide its numbers are, in Arrow. */
  readonly numberBits: NumberBits
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

/** JSON has no widths. */
const JSON_WIDTHS = { numberBits: [] }

export class ResultSpool {
  readonly #options: SpoolOptions
  readonly directory = mkdtempSync(join(tmpdir(), 'snowflake-emulator-'))

  constructor(options: SpoolOptions) {
    this.#options = options
  }

  /** Reads a result to its end, or until the signal. */
  async store(result: StatementResult, format: ResultFormat, signal: AbortSignal): Promise<SpooledResult> {
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
          const size = rowSize(row)
          if (writer === null && chunks.length === 0 && this.#fitsInline(inlineRows.length, inlineBytes + size)) {
            inlineRows.push(row)
            inlineBytes += size
            continue
          }
          writer ??= this.#openChunk(chunks.length, result.columns, format)
          writer.add(row)
          if (writer.isFull) {
            chunks.push(await writer.close())
            writer = null
          }
        }
        await writer?.flush()
      }
      if (writer !== null) chunks.push(await writer.close())
      writer = null
      const settled =
        format.kind === 'arrow'
          ? await settleWidths(arrowColumns(result.columns, format), inlineRows, chunks)
          : JSON_WIDTHS
      return {
        format,
        columns: result.columns,
        inlineRows,
        chunks,
        total,
        statementTypeId: result.statementTypeId,
        stats: result.stats ?? null,
        numberOfBinds: result.numberOfBinds,
        fileTransfer: result.fileTransfer ?? null,
        ...settled,
      }
    } catch (error) {
      await writer?.discard()
      await removeChunks(chunks)
      throw error
    }
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }

  #fitsInline(rows: number, bytes: number): boolean {
    return rows < this.#options.inlineRows && bytes <= this.#options.inlineBytes
  }

  #openChunk(index: number, columns: readonly Column[], format: ResultFormat): ChunkWriter {
    const { firstChunkBytes, maxChunkBytes } = this.#options
    const size = Math.min(firstChunkBytes * 2 ** index, maxChunkBytes)
    const file = join(this.directory, randomUUID())
    return format.kind === 'arrow'
      ? new ArrowChunkWriter(file, size, arrowColumns(columns, format))
      : new JsonChunkWriter(file, size)
  }
}

/** Every row of a result, read back from its files. */
export function readRows(result: SpooledResult): readonly Row[] {
  const rows = [...result.inlineRows]
  for (const chunk of result.chunks) {
    for (const row of readChunk(result, gunzipSync(readFileSync(chunk.file)))) rows.push(row)
  }
  return rows
}

/** The rows of a chunk's uncompressed body. */
export function readChunk({ format, columns }: SpooledResult, body: Uint8Array): readonly Row[] {
  return format.kind === 'arrow' ? readArrowRows(columns, body) : readJsonRows(body)
}

/** The body of a chunk with these rows. */
export function writeChunk({ format, columns, numberBits }: SpooledResult, rows: readonly Row[]): Uint8Array {
  return format.kind === 'arrow' ? writeArrowRows(arrowColumns(columns, format), rows, numberBits) : writeJsonRows(rows)
}

export async function removeChunks(chunks: readonly ResultChunk[]): Promise<void> {
  for (const chunk of chunks) await rm(chunk.file, { force: true })
}
