import { readFile, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Column } from '../../engine.ts'
import { type ChunkWriter, type ResultChunk, type Row, rowSize } from '../result-chunk.ts'
import { ArrowStream } from './arrow-stream.ts'
import type { NumberBits } from './integers.ts'
import { readArrowBatches } from './read-rows.ts'

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** One chunk file: a whole Arrow IPC stream, with a record batch for each `flush`. */
export class ArrowChunkWriter implements ChunkWriter {
  readonly #file: string
  readonly #size: number
  readonly #stream: ArrowStream
  #pending: Row[] = []
  #rowCount = 0
  #gathered = 0

  constructor(file: string, size: number, columns: readonly Column[]) {
    this.#file = file
    this.#size = size
    this.#stream = new ArrowStream(columns)
  }

  get isFull(): boolean {
    return this.#gathered >= this.#size
  }

  add(row: Row): void {
    this.#pending.push(row)
    this.#rowCount += 1
    this.#gathered += rowSize(row)
  }

  async flush(): Promise<void> {
    if (this.#pending.length > 0) this.#stream.add(this.#pending)
    this.#pending = []
  }

  async close(): Promise<ResultChunk> {
    await this.flush()
    return { rowCount: this.#rowCount, ...(await store(this.#file, this.#stream)) }
  }

  async discard(): Promise<void> {
    await rm(this.#file, { force: true })
  }
}

/**
 * The width of each NUMBER for a whole result: a client that puts the chunks together wants one type. What ended before
 * the greatest value came is written again.
 */
export async function settleWidths(
  columns: readonly Column[],
  inlineRows: readonly Row[],
  chunks: readonly ResultChunk[],
): Promise<{ readonly numberBits: NumberBits; readonly chunks: readonly ResultChunk[] }> {
  const inline = new ArrowStream(columns)
  inline.add(inlineRows)
  const numberBits = chunks.reduce((bits, chunk) => widest(bits, chunk.numberBits), inline.numberBits)
  const settled: ResultChunk[] = []
  for (const chunk of chunks) {
    const isNarrow = numberBits.some((bits, index) => bits !== chunk.numberBits[index])
    settled.push(isNarrow ? await widen(chunk, columns, numberBits) : chunk)
  }
  return { numberBits, chunks: settled }
}

function widest(some: NumberBits, others: NumberBits): NumberBits {
  return some.map((bits, index) => {
    const other = others[index] ?? null
    return bits === null || other === null || bits > other ? bits : other
  })
}

async function widen(chunk: ResultChunk, columns: readonly Column[], numberBits: NumberBits): Promise<ResultChunk> {
  const stream = new ArrowStream(columns, numberBits)
  for (const rows of readArrowBatches(columns, await decompress(await readFile(chunk.file)))) stream.add(rows)
  return { ...chunk, ...(await store(chunk.file, stream)) }
}

async function store(file: string, stream: ArrowStream): Promise<Omit<ResultChunk, 'rowCount'>> {
  const bytes = stream.toBytes()
  const compressed = await compress(bytes, { level: 1 })
  await writeFile(file, compressed)
  const { numberBits } = stream
  return { file, uncompressedSize: bytes.length, compressedSize: compressed.length, numberBits }
}

/** Rows as one stream of one record batch. */
export function writeArrowRows(columns: readonly Column[], rows: readonly Row[], numberBits: NumberBits): Uint8Array {
  const stream = new ArrowStream(columns, numberBits)
  stream.add(rows)
  return stream.toBytes()
}
