import { isUtf8 } from 'node:buffer'
import type { JsonDocument, JsonKind, JsonMember, JsonValue } from './json-document.ts'
import { splitPath } from './json-document.ts'
import { JsonSyntaxError } from './json-syntax-error.ts'

export interface ScanOptions {
  /** Paths whose values are wanted, for example `data.rowset`. The root's members are always there. */
  readonly paths?: readonly string[]
  /** Deepest nesting of objects and arrays. */
  readonly maxDepth?: number
  /**
   * Member names, in lower case, to look out for at any depth below `watchBelow`. Compared without regard to case:
   * Go's `encoding/json` reads `StageInfo` as `stageInfo`.
   */
  readonly watch?: ReadonlySet<string>
  /** A name of the root's members; names outside of it are not watched. */
  readonly watchBelow?: string
}

const DEFAULT_MAX_DEPTH = 64
const NO_BYTE = -1
const FEW_NAMES = 8

/**
 * Reads a JSON object (RFC 8259) in one pass over its bytes, and says where the wanted values lie, so that they can be
 * read or replaced while every other byte stays. Strict: invalid UTF-8, a byte order mark, bytes after the end, too
 * deep nesting and a repeated member name are errors, since parsers disagree about what those mean.
 */
export function scanObject(bytes: Uint8Array, options: ScanOptions = {}): JsonDocument {
  if (!isUtf8(bytes)) throw new JsonSyntaxError('invalid UTF-8', null)
  return new Scanner(bytes, options).document()
}

/** The names of one object. Most have few, and looking through a list is then cheaper than making a set. */
class NameSet {
  readonly #few: string[] = []
  #many: Set<string> | null = null

  /** False when the name is there already. */
  add(name: string): boolean {
    if (this.#many === null) {
      if (this.#few.includes(name)) return false
      this.#few.push(name)
      if (this.#few.length > FEW_NAMES) this.#many = new Set(this.#few)
      return true
    }
    if (this.#many.has(name)) return false
    this.#many.add(name)
    return true
  }
}

interface PathNode {
  readonly children: Map<string, PathNode>
}

const NO_MEMBERS: readonly JsonMember[] = []

class Scanner {
  readonly #bytes: Uint8Array
  readonly #maxDepth: number
  readonly #wanted: PathNode
  readonly #watch: ReadonlySet<string>
  readonly #watchBelow: string | undefined
  readonly #seen = new Set<string>()
  #watching: boolean
  #position = 0

  constructor(bytes: Uint8Array, options: ScanOptions) {
    this.#bytes = bytes
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH
    this.#wanted = pathTree(options.paths ?? [])
    this.#watch = options.watch ?? new Set()
    this.#watchBelow = options.watchBelow
    this.#watching = this.#watch.size > 0 && this.#watchBelow === undefined
  }

  document(): JsonDocument {
    this.#skipSpace()
    if (this.#bytes[this.#position] !== 0x7b) throw this.#error('an object was expected')
    const root = this.#value(1, this.#wanted)
    this.#skipSpace()
    if (this.#position !== this.#bytes.length) throw this.#error('bytes after the end')
    return { bytes: this.#bytes, root, watched: this.#seen }
  }

  #value(depth: number, wanted: PathNode | undefined): JsonValue {
    const start = this.#position
    const byte = this.#bytes[start] ?? NO_BYTE
    let kind: JsonKind
    let members = NO_MEMBERS
    switch (byte) {
      case 0x22:
        kind = 'string'
        this.#string()
        break
      case 0x7b:
        kind = 'object'
        members = this.#object(depth, wanted)
        break
      case 0x5b:
        kind = 'array'
        this.#array(depth)
        break
      case 0x74:
        kind = 'boolean'
        this.#word('true')
        break
      case 0x66:
        kind = 'boolean'
        this.#word('false')
        break
      case 0x6e:
        kind = 'null'
        this.#word('null')
        break
      default:
        kind = 'number'
        this.#number()
    }
    return { kind, start, end: this.#position, members }
  }

  #object(depth: number, wanted: PathNode | undefined): readonly JsonMember[] {
    this.#enter(depth)
    this.#skipSpace()
    if (this.#take(0x7d)) return NO_MEMBERS
    const members: JsonMember[] = []
    const names = new NameSet()
    for (;;) {
      const start = this.#position
      if (this.#bytes[start] !== 0x22) throw this.#error('a member name was expected')
      const name = this.#name()
      if (!names.add(name)) throw new JsonSyntaxError('a repeated member name', start)
      if (depth === 1 && this.#watchBelow !== undefined) {
        this.#watching = this.#watch.size > 0 && name === this.#watchBelow
      } else if (this.#watching && this.#watch.has(name.toLowerCase())) {
        this.#seen.add(name)
      }
      this.#skipSpace()
      this.#expect(0x3a, 'a colon was expected')
      this.#skipSpace()
      const value = this.#value(depth + 1, wanted?.children.get(name))
      if (wanted !== undefined) members.push({ name, start, value })
      this.#skipSpace()
      if (this.#take(0x7d)) return members
      this.#expect(0x2c, 'a comma was expected')
      this.#skipSpace()
    }
  }

  #array(depth: number): void {
    this.#enter(depth)
    this.#skipSpace()
    if (this.#take(0x5d)) return
    for (;;) {
      // Strings fill most arrays (rows): they need no object of their own.
      if (this.#bytes[this.#position] === 0x22) this.#string()
      else this.#value(depth + 1, undefined)
      this.#skipSpace()
      if (this.#take(0x5d)) return
      this.#expect(0x2c, 'a comma was expected')
      this.#skipSpace()
    }
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth) throw this.#error(`nesting deeper than ${this.#maxDepth}`)
    this.#position += 1
  }

  /** Moves past a string; true when it holds an escape. */
  #string(): boolean {
    const bytes = this.#bytes
    const end = bytes.length
    let position = this.#position + 1
    let escaped = false
    for (; position < end; position += 1) {
      const byte = bytes[position] as number
      if (byte === 0x22) {
        this.#position = position + 1
        return escaped
      }
      if (byte === 0x5c) {
        escaped = true
        position = this.#escape(position)
      } else if (byte < 0x20) {
        throw new JsonSyntaxError('a control character in a string', position)
      }
    }
    throw new JsonSyntaxError('an unterminated string', end)
  }

  /** `position` is the backslash's; returns the position of the last byte of the escape. */
  #escape(position: number): number {
    const byte = this.#bytes[position + 1]
    if (byte === 0x75) {
      for (let digit = position + 2; digit < position + 6; digit += 1) {
        if (!isHexDigit(this.#bytes[digit])) throw new JsonSyntaxError('an invalid escape', position)
      }
      return position + 5
    }
    if (!isSimpleEscape(byte)) throw new JsonSyntaxError('an invalid escape', position)
    return position + 1
  }

  #name(): string {
    const start = this.#position
    const escaped = this.#string()
    const bytes = this.#bytes
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, this.#position - start)
    // Compared as parsers compare: `"d\u0061ta"` is `data`.
    return escaped ? (JSON.parse(text.toString('utf8')) as string) : text.toString('utf8', 1, text.length - 1)
  }

  #number(): void {
    this.#take(0x2d)
    if (!this.#take(0x30)) this.#digits()
    if (this.#take(0x2e)) this.#digits()
    if (this.#take(0x65) || this.#take(0x45)) {
      if (!this.#take(0x2b)) this.#take(0x2d)
      this.#digits()
    }
  }

  #digits(): void {
    const start = this.#position
    while (isDigit(this.#bytes[this.#position])) this.#position += 1
    if (this.#position === start) throw this.#error('a value was expected')
  }

  #word(word: string): void {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#bytes[this.#position] !== word.charCodeAt(index)) throw this.#error('a value was expected')
      this.#position += 1
    }
  }

  #skipSpace(): void {
    while (isSpace(this.#bytes[this.#position])) this.#position += 1
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.#position] !== byte) return false
    this.#position += 1
    return true
  }

  #expect(byte: number, reason: string): void {
    if (!this.#take(byte)) throw this.#error(reason)
  }

  #error(reason: string): JsonSyntaxError {
    return new JsonSyntaxError(this.#position < this.#bytes.length ? reason : 'cut off', this.#position)
  }
}

function pathTree(paths: readonly string[]): PathNode {
  const root: PathNode = { children: new Map() }
  for (const path of paths) {
    let node = root
    for (const name of splitPath(path)) {
      const child = node.children.get(name) ?? { children: new Map<string, PathNode>() }
      node.children.set(name, child)
      node = child
    }
  }
  return root
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isHexDigit(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

const SIMPLE_ESCAPES = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)))

function isSimpleEscape(byte: number | undefined): boolean {
  return byte !== undefined && SIMPLE_ESCAPES.has(byte)
}
