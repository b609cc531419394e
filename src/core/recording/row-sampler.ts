/** The first rows of a result part, read from its bytes without reading the rest. */
import { createGunzip } from 'node:zlib'
import { ArrowSyntaxError, readArrowRows } from '../wire/index.ts'

export type Row = readonly (string | null)[]

export interface RowPart {
  readonly format: 'json' | 'arrow'
  readonly part: 'inline' | 'chunk'
  readonly encoding: 'identity' | 'gzip'
  readonly body: Uint8Array
}

/** A single row larger than this is not shown: it would have to be held whole to be parsed. */
const MAX_ROW_CHARACTERS = 4 * 1024 * 1024
/** And rows are read as far as they go into this much: they are held, and a cell may be of any size. */
const MAX_CHARACTERS = 16 * 1024 * 1024
const SLICE_BYTES = 64 * 1024

/**
 * Up to `limit` rows, as in JSON rows whatever the format. What cannot be read yields the rows before it: a record of
 * broken bytes is still a record. Of Arrow a record batch is read that is there as a whole.
 */
export async function sampleRows(part: RowPart, limit: number): Promise<readonly Row[]> {
  if (limit <= 0) return []
  return part.format === 'arrow' ? sampleArrow(part, limit) : sampleJson(part, limit)
}

/** The inline part is a JSON list of rows; a chunk is the rows alone, with commas between them. */
async function sampleJson({ part, encoding, body }: RowPart, limit: number): Promise<readonly Row[]> {
  const scanner = new RowScanner(part === 'inline' ? 2 : 1, limit)
  const decoder = new TextDecoder()
  for await (const bytes of unpacked(encoding, body)) {
    scanner.push(decoder.decode(bytes, { stream: true }))
    if (scanner.done) break
  }
  return scanner.rows
}

/** The inline part is a JSON text in base64; a chunk is a stream of its own. */
async function sampleArrow({ part, encoding, body }: RowPart, limit: number): Promise<readonly Row[]> {
  const stream = part === 'inline' ? decodeBase64(body) : await collect(unpacked(encoding, body))
  const rows: Row[] = []
  let characters = 0
  try {
    for (const row of readArrowRows(stream, limit)) {
      rows.push(row)
      for (const cell of row) characters += cell?.length ?? 0
      if (characters >= MAX_CHARACTERS) break
    }
  } catch (error) {
    if (!(error instanceof ArrowSyntaxError)) throw error
  }
  return rows
}

/** What stands between its quotes, cut where it was cut: 4 characters make 3 bytes. */
function decodeBase64(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1').replace(/["\\]/g, '')
  return Buffer.from(text.slice(0, text.length - (text.length % 4)), 'base64')
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const piece of pieces) {
    kept.push(piece)
    bytes += piece.length
    if (bytes >= MAX_CHARACTERS) break
  }
  return Buffer.concat(kept)
}

async function* unpacked(encoding: RowPart['encoding'], body: Uint8Array): AsyncGenerator<Uint8Array> {
  try {
    yield* encoding === 'gzip' ? unzip(body) : slices(body)
  } catch (error) {
    // zlib's complaint about a body that is broken, or cut off, ends the rows, and nothing else.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

function* slices(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += SLICE_BYTES) yield body.subarray(at, at + SLICE_BYTES)
}

/** Leaving the loop early ends the stream, so that of a body only as much is unpacked as is looked at. */
async function* unzip(body: Uint8Array): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  gunzip.end(body)
  for await (const bytes of gunzip) yield bytes as Uint8Array
}

/** Finds the lists at one depth of brackets, outside strings. */
class RowScanner {
  readonly rows: Row[] = []
  done = false
  readonly #rowDepth: number
  readonly #limit: number
  #depth = 0
  #inString = false
  #escaped = false
  #row = ''
  #characters = 0

  constructor(rowDepth: number, limit: number) {
    this.#rowDepth = rowDepth
    this.#limit = limit
  }

  push(text: string): void {
    let start = 0
    for (let at = 0; at < text.length && !this.done; at++) {
      const character = text[at]
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (character === '\\') this.#escaped = true
        else if (character === '"') this.#inString = false
      } else if (character === '"') {
        this.#inString = true
      } else if (character === '[' || character === '{') {
        this.#depth += 1
        if (this.#depth === this.#rowDepth) start = at
      } else if (character === ']' || character === '}') {
        if (this.#depth === this.#rowDepth) this.#take(this.#row + text.slice(start, at + 1))
        this.#depth -= 1
      }
    }
    if (this.#depth >= this.#rowDepth && !this.done) this.#keep(text.slice(start))
  }

  #keep(text: string): void {
    this.#row += text
    this.done = this.#row.length > MAX_ROW_CHARACTERS
  }

  #take(text: string): void {
    this.#row = ''
    const row = parseRow(text)
    if (row !== null) this.rows.push(row)
    this.#characters += text.length
    this.done = row === null || this.rows.length >= this.#limit || this.#characters >= MAX_CHARACTERS
  }
}

/** Null for what is no row, which ends the reading. Cells of Snowflake's JSON rows are texts or null. */
function parseRow(text: string): Row | null {
  try {
    const cells: unknown = JSON.parse(text)
    if (!Array.isArray(cells)) return null
    return cells.map((cell: unknown) => (cell === null || typeof cell === 'string' ? cell : JSON.stringify(cell)))
  } catch {
    return null
  }
}
