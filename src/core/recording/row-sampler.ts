/** The first rows of a result part, read from its bytes without reading the rest. */
import { createGunzip } from 'node:zlib'

export type Row = readonly (string | null)[]

export interface RowPart {
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
 * Up to `limit` rows. The inline part is a JSON list of rows; a chunk is the rows alone, with commas between them
 * (protocol: chunks lack the outer brackets). What cannot be read yields the rows before it.
 */
export async function sampleRows({ part, encoding, body }: RowPart, limit: number): Promise<readonly Row[]> {
  const scanner = new RowScanner(part === 'inline' ? 2 : 1, limit)
  if (limit <= 0) return []
  const decoder = new TextDecoder()
  try {
    for await (const bytes of encoding === 'gzip' ? unzip(body) : slices(body)) {
      scanner.push(decoder.decode(bytes, { stream: true }))
      if (scanner.done) break
    }
  } catch (error) {
    // A record of broken bytes is still a record: zlib's complaint ends the rows, and nothing else.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
  return scanner.rows
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
