import { positionOf } from '../errors.ts'
import { Cursor, fold, type Token } from '../text/index.ts'
import { readType } from '../types/index.ts'
import type { Block, Branch, Declaration, Handler, Step } from './script.ts'

/** Parses `[DECLARE …] BEGIN … [EXCEPTION …] END`. */
export function parseBlock(sql: string): Block {
  const cursor = new Cursor(sql)
  const block = new BlockParser(cursor).block()
  cursor.take(';')
  if (!cursor.done) throw cursor.unexpected()
  return block
}

class BlockParser {
  readonly #cursor: Cursor

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  block(): Block {
    const cursor = this.#cursor
    const declarations: Declaration[] = []
    if (cursor.take('DECLARE')) while (!cursor.at('BEGIN')) declarations.push(this.#declaration())
    cursor.expect('BEGIN')
    const body = this.#steps(['EXCEPTION', 'END'])
    const handlers: Handler[] = []
    if (cursor.take('EXCEPTION')) {
      cursor.take(';')
      while (cursor.take('WHEN')) handlers.push(this.#handler())
    }
    cursor.expect('END')
    return { kind: 'block', declarations, body, handlers }
  }

  #handler(): Handler {
    const cursor = this.#cursor
    const names = [fold(cursor.next())]
    while (cursor.take('OR')) names.push(fold(cursor.next()))
    cursor.takeAny(['EXIT', 'CONTINUE'])
    cursor.expect('THEN')
    return { names, body: this.#steps(['WHEN', 'END']) }
  }

  /** `x INT DEFAULT 1;`, `c CURSOR FOR …;`, `r RESULTSET := (…);`, `e EXCEPTION (-20001, '…');` */
  #declaration(): Declaration {
    const cursor = this.#cursor
    const name = fold(cursor.next())
    const declaration = this.#declared(name)
    cursor.expect(';')
    return declaration
  }

  #declared(name: string): Declaration {
    const cursor = this.#cursor
    if (cursor.take('CURSOR', 'FOR')) return { kind: 'cursor', name, query: this.#text() }
    if (cursor.take('RESULTSET')) {
      const isSet = cursor.takeAny([':=', 'DEFAULT']) !== undefined
      return { kind: 'resultset', name, ...(isSet ? { query: this.#text() } : {}) }
    }
    if (cursor.take('EXCEPTION')) {
      const tokens = cursor.at('(') ? cursor.group() : []
      const [code, message] = [
        tokens.findIndex(({ kind }) => kind === 'number'),
        tokens.find(({ kind }) => kind === 'string'),
      ]
      const size = Number(tokens[code]?.text ?? 20_000)
      const isNegative = code < 0 || tokens[code - 1]?.keyword === '-'
      return { kind: 'exception', name, code: isNegative ? -size : size, message: message?.text ?? '' }
    }
    const type = readType(cursor)
    const isSet = cursor.takeAny([':=', 'DEFAULT']) !== undefined
    if (!type && !isSet) throw cursor.unexpected()
    return { kind: 'variable', name, ...(type ? { type } : {}), ...(isSet ? { value: this.#text() } : {}) }
  }

  /** Steps up to one of the keywords, which stays. */
  #steps(ends: readonly string[]): Step[] {
    const cursor = this.#cursor
    const steps: Step[] = []
    while (!ends.some((end) => cursor.at(end))) steps.push(this.#step())
    return steps
  }

  #step(): Step {
    const cursor = this.#cursor
    const first = cursor.peek()
    if (!first) throw cursor.unexpected()
    const place = positionOf(cursor.sql, first.start)
    const step = this.#stepOf(first)
    cursor.expect(';')
    return { ...place, ...step } as Step
  }

  #stepOf(first: Token): object {
    const cursor = this.#cursor
    switch (first.keyword) {
      case 'DECLARE':
        return this.block()
      case 'BEGIN':
        if (!['TRANSACTION', 'WORK', 'NAME', ';'].includes(cursor.peek(1)?.keyword ?? ';')) return this.block()
        return this.#sql()
      case 'LET': {
        cursor.skip()
        return { kind: 'let', declaration: this.#declared(fold(cursor.next())) }
      }
      case 'IF':
        return this.#if()
      case 'CASE':
        return this.#case()
      case 'FOR':
        return this.#for()
      case 'WHILE': {
        cursor.skip()
        const condition = this.#text(['DO', 'LOOP'])
        return { kind: 'while', condition, ...this.#loopBody('WHILE') }
      }
      case 'LOOP':
        return { kind: 'loop', ...this.#loopBody('LOOP') }
      case 'REPEAT': {
        cursor.skip()
        const body = this.#steps(['UNTIL'])
        cursor.expect('UNTIL')
        const until = this.#text(['END'])
        cursor.expect('END', 'REPEAT')
        return { kind: 'repeat', until, body, label: this.#label() }
      }
      case 'BREAK':
      case 'EXIT':
        cursor.skip()
        return { kind: 'break', label: this.#label() }
      case 'CONTINUE':
      case 'ITERATE':
        cursor.skip()
        return { kind: 'continue', label: this.#label() }
      case 'RETURN':
        cursor.skip()
        if (cursor.at('TABLE', '(')) {
          cursor.skip()
          return { kind: 'returnTable', source: this.#bracketed() }
        }
        return { kind: 'return', value: cursor.at(';') ? undefined : this.#text() }
      case 'RAISE':
        cursor.skip()
        return { kind: 'raise', name: cursor.at(';') ? undefined : fold(cursor.next()) }
      case 'OPEN':
      case 'CLOSE': {
        cursor.skip()
        const name = fold(cursor.next())
        const using = cursor.take('USING') ? this.#names(cursor.group()) : []
        return { kind: first.keyword.toLowerCase(), name, using }
      }
      case 'FETCH': {
        cursor.skip()
        const name = fold(cursor.next())
        cursor.expect('INTO')
        return { kind: 'fetch', name, into: this.#targets() }
      }
      case 'NULL':
        cursor.skip()
        return { kind: 'null' }
      default:
        if (cursor.peek(1)?.keyword !== ':=') return this.#sql()
        cursor.skip(2)
        return { kind: 'assign', name: fold(first), value: this.#text() }
    }
  }

  #if(): object {
    const cursor = this.#cursor
    const branches: Branch[] = []
    let otherwise: Step[] = []
    while (cursor.takeAny(['IF', 'ELSEIF']) !== undefined) branches.push(this.#branch(['ELSEIF', 'ELSE', 'END']))
    if (cursor.take('ELSE')) otherwise = this.#steps(['END'])
    cursor.expect('END', 'IF')
    return { kind: 'if', branches, otherwise }
  }

  #branch(ends: readonly string[], prefix = ''): Branch {
    const condition = prefix + this.#text(['THEN'])
    this.#cursor.expect('THEN')
    return { condition, body: this.#steps(ends) }
  }

  /** Both forms of CASE; with an operand each WHEN is compared with it. */
  #case(): object {
    const cursor = this.#cursor
    cursor.expect('CASE')
    const operand = cursor.at('WHEN') ? '' : `(${this.#text(['WHEN'])}) = `
    const branches: Branch[] = []
    let otherwise: Step[] = []
    while (cursor.take('WHEN')) branches.push(this.#branch(['WHEN', 'ELSE', 'END'], operand))
    if (cursor.take('ELSE')) otherwise = this.#steps(['END'])
    cursor.expect('END')
    cursor.take('CASE')
    return { kind: 'if', branches, otherwise }
  }

  #for(): object {
    const cursor = this.#cursor
    cursor.expect('FOR')
    const name = fold(cursor.next())
    cursor.expect('IN')
    const isReverse = cursor.take('REVERSE')
    const from = this.#text(['TO', 'DO', 'LOOP'])
    if (cursor.take('TO')) {
      const to = this.#text(['DO', 'LOOP'])
      return { kind: 'count', name, from, to, isReverse, ...this.#loopBody('FOR') }
    }
    return { kind: 'each', name, source: from, ...this.#loopBody('FOR') }
  }

  /** `DO … END FOR [label]`; LOOP opens and closes a body too. */
  #loopBody(kind: string): { body: Step[]; label: string } {
    const cursor = this.#cursor
    const opener = cursor.takeAny(['DO', 'LOOP'])
    if (opener === undefined) throw cursor.unexpected()
    const body = this.#steps(['END'])
    cursor.expect('END', opener === 'LOOP' ? 'LOOP' : kind)
    return { body, label: this.#label() }
  }

  #label(): string {
    return this.#cursor.at(';') ? '' : fold(this.#cursor.next())
  }

  #sql(): object {
    const cursor = this.#cursor
    const start = cursor.peek()?.start ?? 0
    let depth = 0
    let into: string[] = []
    const cuts: { start: number; end: number }[] = []
    let last = start
    const isQuery = ['SELECT', 'WITH', 'CALL', 'EXECUTE'].includes(cursor.peek()?.keyword ?? '')
    while (!(depth === 0 && cursor.at(';'))) {
      const token = cursor.next()
      if (token.keyword === '(') depth++
      else if (token.keyword === ')') depth--
      if (isQuery && depth === 0 && token.keyword === 'INTO') {
        if (!cursor.at(':')) throw cursor.unexpected()
        into = this.#targets()
        cuts.push({ start: token.start, end: cursor.peek(-1)?.end ?? token.end })
      }
      last = cursor.peek(-1)?.end ?? last
    }
    const [cut] = cuts
    const text = cut
      ? cursor.sql.slice(start, cut.start) + cursor.sql.slice(cut.end, last)
      : cursor.sql.slice(start, last)
    return { kind: 'sql', sql: text, into }
  }

  /** `:a, :b`, the colons left out where they may be. */
  #targets(): string[] {
    const cursor = this.#cursor
    const names: string[] = []
    do {
      cursor.take(':')
      names.push(fold(cursor.next()))
    } while (cursor.take(','))
    return names
  }

  #names(tokens: readonly Token[]): string[] {
    return tokens.filter(({ kind }) => kind === 'word' || kind === 'quoted').map(fold)
  }

  /** The text up to `;` or one of the keywords, outside of brackets and of CASE expressions. */
  #text(ends: readonly string[] = []): string {
    const cursor = this.#cursor
    const first = cursor.peek()
    let last = first
    let depth = 0
    while (depth > 0 || !(cursor.at(';') || ends.some((end) => cursor.at(end)))) {
      const token = cursor.next()
      if (['(', '[', '{', 'CASE'].includes(token.keyword)) depth++
      else if ([')', ']', '}'].includes(token.keyword) || (token.keyword === 'END' && depth > 0)) depth--
      last = token
    }
    if (!first || (last === first && cursor.peek() === first)) throw cursor.unexpected()
    return cursor.sql.slice(first.start, last?.end)
  }

  #bracketed(): string {
    const tokens = this.#cursor.group()
    const [first, last] = [tokens[0], tokens.at(-1)]
    if (!first || !last) throw this.#cursor.unexpected()
    return this.#cursor.sql.slice(first.start, last.end)
  }
}
