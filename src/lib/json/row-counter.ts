import { JsonSyntaxError } from './json-syntax-error.ts'

/*
 * States of the row machine. The numbers carry no meaning, but all states in which a chunk may end are compared by
 * name in `end`.
 */
const BEFORE_FIRST_ROW = 0
const BEFORE_ROW = 1
const AFTER_ROW = 2
const FIRST_CELL = 3
const NEXT_CELL = 4
const AFTER_CELL = 5
const IN_STRING = 6
const IN_ESCAPE = 7
const IN_UNICODE = 8
const IN_NULL = 9

const NULL_TAIL = [0x75, 0x6c, 0x6c]

/**
 * Counts the rows of a JSON chunk while it streams by, in blocks cut anywhere, and refuses what is not one:
 * `row ("," row)*`, `row = "[" cell ("," cell)* "]"`, `cell = string | null`, without outer brackets, as result chunks
 * come from storage. A chunk that ends early but cleanly is taken as whole by several drivers, so the count is what
 * notices. Bytes of 0x80 and up are not decoded: in a string that passes unchanged they mean nothing to the count.
 */
export class RowCounter {
  readonly #width: number
  #state = BEFORE_FIRST_ROW
  #rows = 0
  #cells = 0
  /** Digits of `\uXXXX`, or letters of `null`, seen so far. */
  #seen = 0
  #offset = 0

  constructor(width: number) {
    this.#width = width
  }

  push(block: Uint8Array): void {
    const end = block.length
    let state = this.#state
    for (let index = 0; index < end; index += 1) {
      let byte = block[index] as number
      if (state === IN_STRING) {
        while (byte !== 0x22 && byte !== 0x5c && byte >= 0x20) {
          index += 1
          if (index === end) break
          byte = block[index] as number
        }
        if (index === end) break
        if (byte === 0x22) state = AFTER_CELL
        else if (byte === 0x5c) state = IN_ESCAPE
        else throw this.#error('a control character in a string', index)
        continue
      }
      state = this.#step(state, byte, index)
    }
    this.#state = state
    this.#offset += end
  }

  /** The number of rows. An error when the chunk is cut off. */
  end(): number {
    if (this.#state !== BEFORE_FIRST_ROW && this.#state !== AFTER_ROW) throw this.#error('cut off', 0)
    return this.#rows
  }

  #step(state: number, byte: number, index: number): number {
    switch (state) {
      case AFTER_CELL:
        if (byte === 0x2c) return NEXT_CELL
        if (byte === 0x5d) return this.#endRow(index)
        break
      case NEXT_CELL:
      case FIRST_CELL:
        if (byte === 0x22 || byte === 0x6e) {
          this.#cells += 1
          this.#seen = 0
          return byte === 0x22 ? IN_STRING : IN_NULL
        }
        break
      case AFTER_ROW:
        if (byte === 0x2c) return BEFORE_ROW
        break
      case BEFORE_FIRST_ROW:
      case BEFORE_ROW:
        if (byte === 0x5b) return FIRST_CELL
        break
      case IN_NULL:
        if (byte !== NULL_TAIL[this.#seen]) throw this.#error('a cell that is neither string nor null', index)
        this.#seen += 1
        return this.#seen === NULL_TAIL.length ? AFTER_CELL : IN_NULL
      case IN_ESCAPE:
        if (byte === 0x75) {
          this.#seen = 0
          return IN_UNICODE
        }
        if ('"\\/bfnrt'.includes(String.fromCharCode(byte))) return IN_STRING
        throw this.#error('an invalid escape', index)
      case IN_UNICODE:
        if (!/[0-9a-fA-F]/.test(String.fromCharCode(byte))) throw this.#error('an invalid escape', index)
        this.#seen += 1
        return this.#seen === 4 ? IN_STRING : IN_UNICODE
      default:
        break
    }
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return state
    throw this.#error(reasonIn(state), index)
  }

  #endRow(index: number): number {
    if (this.#cells !== this.#width) {
      throw this.#error(`a row of ${this.#cells} cells where ${this.#width} were promised`, index)
    }
    this.#cells = 0
    this.#rows += 1
    return AFTER_ROW
  }

  #error(reason: string, index: number): JsonSyntaxError {
    return new JsonSyntaxError(reason, this.#offset + index)
  }
}

/** Rows of a whole `rowset`, outer brackets included. */
export function countRows(rowset: Uint8Array, width: number): number {
  const first = rowset.indexOf(0x5b)
  const last = rowset.lastIndexOf(0x5d)
  if (first !== 0 || last !== rowset.length - 1 || last === first) throw new JsonSyntaxError('an array was expected', 0)
  const counter = new RowCounter(width)
  counter.push(rowset.subarray(1, last))
  return counter.end()
}

function reasonIn(state: number): string {
  switch (state) {
    case FIRST_CELL:
    case NEXT_CELL:
      return 'a cell that is neither string nor null'
    case AFTER_CELL:
      return 'a comma or the end of the row was expected'
    case AFTER_ROW:
      return 'a comma between rows was expected'
    default:
      return 'a row was expected'
  }
}
