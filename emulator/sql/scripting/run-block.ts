import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Binding, SqlError, type StatementResult } from '../../engine.ts'
import { runStatement } from '../commands/index.ts'
import { canceled, compilationError } from '../errors.ts'
import { runQuery, type Session, type Statement } from '../session/index.ts'
import { translateError } from '../translate-error.ts'
import { renderType, type SnowflakeType } from '../types/index.ts'
import { type CursorState, Frame, type Known } from './frame.ts'
import type { Block, Declaration, Handler, Place, Step } from './script.ts'
import { Thrown } from './thrown.ts'
import {
  booleanValue,
  cellValue,
  NULL_VALUE,
  numberValue,
  type Rows,
  textValue,
  toBinding,
  type Value,
} from './values.ts'

/** How a list of steps ended, where it did not simply reach its end. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'break' | 'continue'; readonly label: string }

/** Steps between two turns of the event loop, so that a loop without SQL can be aborted. */
const STEPS_PER_TURN = 200

/** Runs one block in a session, on behalf of the statement that holds it. */
export class BlockRunner {
  readonly #session: Session
  readonly #outer: Statement
  #steps = 0
  /** The exception that a handler is at work on, for a bare RAISE. */
  #handled: Thrown | undefined

  constructor(session: Session, outer: Statement) {
    this.#session = session
    this.#outer = outer
  }

  async run(block: Block, parent: Frame): Promise<Outcome | undefined> {
    const frame = new Frame(parent)
    try {
      for (const declaration of block.declarations) await this.#declare(declaration, frame)
      return await this.#runSteps(block.body, frame)
    } catch (error) {
      const handler = error instanceof Thrown ? handlerOf(block.handlers, error) : undefined
      if (!handler) throw error
      return await this.#handle(handler, error as Thrown, frame)
    }
  }

  async #handle(handler: Handler, thrown: Thrown, parent: Frame): Promise<Outcome | undefined> {
    const frame = new Frame(parent)
    const constant = (name: string, value: Value) => frame.declare(name, { kind: 'value', value, type: undefined })
    constant('SQLERRM', textValue(thrown.error.message))
    constant('SQLCODE', numberValue(Number(thrown.error.code)))
    constant('SQLSTATE', textValue(thrown.error.sqlState))
    const before = this.#handled
    this.#handled = thrown
    const outcome = await this.#runSteps(handler.body, frame)
    this.#handled = before
    return outcome
  }

  async #runSteps(steps: readonly Step[], frame: Frame): Promise<Outcome | undefined> {
    for (const step of steps) {
      if (++this.#steps % STEPS_PER_TURN === 0) await nextTurn()
      if (this.#outer.options.signal.aborted) throw canceled()
      const outcome = await this.#guarded(step, () => this.#runStep(step, frame))
      if (outcome) return outcome
    }
    return undefined
  }

  /** Gives an error its place and type, unless a step inside did. */
  async #guarded<T>(step: Step, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      if (error instanceof Thrown || this.#outer.options.signal.aborted) throw error
      throw new Thrown(step.kind === 'sql' ? 'STATEMENT_ERROR' : 'EXPRESSION_ERROR', step, translateError(error))
    }
  }

  async #runStep(step: Step, frame: Frame): Promise<Outcome | undefined> {
    switch (step.kind) {
      case 'block':
        return this.run(step, frame)
      case 'let':
        return this.#declare(step.declaration, frame)
      case 'assign':
        return this.#assign(step.name, step.value, frame)
      case 'if': {
        for (const { condition, body } of step.branches)
          if (await this.#isTrue(condition, frame)) return this.#runSteps(body, new Frame(frame))
        return this.#runSteps(step.otherwise, new Frame(frame))
      }
      case 'while':
        return this.#loop(step.label, () => this.#isTrue(step.condition, frame), step.body, frame)
      case 'loop':
        return this.#loop(step.label, async () => true, step.body, frame)
      case 'repeat': {
        let isFirst = true
        const goesOn = async () => {
          const runs = isFirst || !(await this.#isTrue(step.until, frame))
          isFirst = false
          return runs
        }
        return this.#loop(step.label, goesOn, step.body, frame)
      }
      case 'count':
        return this.#count(step, frame)
      case 'each':
        return this.#each(step, frame)
      case 'break':
      case 'continue':
        return { kind: step.kind, label: step.label }
      case 'return':
        return { kind: 'value', value: step.value === undefined ? NULL_VALUE : await this.#evaluate(step.value, frame) }
      case 'returnTable':
        return { kind: 'rows', rows: await this.#rowsOf(step.source, frame) }
      case 'raise':
        return this.#raise(step, step.name, frame)
      case 'open': {
        const cursor = cursorOf(frame, step.name)
        const binds = step.using.map((name) => this.#valueOf(name, frame))
        cursor.rows = await this.#query(cursor.query, frame, binds)
        cursor.next = 0
        return undefined
      }
      case 'close':
        cursorOf(frame, step.name).rows = undefined
        return undefined
      case 'fetch':
        return this.#fetch(step.name, step.into, frame)
      case 'null':
        return undefined
      case 'sql':
        return this.#runSql(step.sql, step.into, frame)
    }
  }

  async #declare(declaration: Declaration, frame: Frame): Promise<undefined> {
    switch (declaration.kind) {
      case 'variable': {
        const { name, type, value } = declaration
        const start =
          value === undefined ? { type: type ?? NULL_VALUE.type, cell: null } : await this.#evaluate(value, frame, type)
        frame.declare(name, { kind: 'value', value: start, type })
        return
      }
      case 'resultset': {
        const rows = declaration.query === undefined ? undefined : await this.#rowsOf(declaration.query, frame)
        frame.declare(declaration.name, { kind: 'rows', rows })
        return
      }
      case 'cursor':
        frame.declare(declaration.name, {
          kind: 'cursor',
          cursor: { query: declaration.query, rows: undefined, next: 0 },
        })
        return
      case 'exception':
        frame.declare(declaration.name, { kind: 'exception', exception: declaration })
    }
  }

  async #assign(name: string, text: string, frame: Frame): Promise<undefined> {
    const known = frame.find(name)
    if (known?.kind === 'rows') known.rows = await this.#rowsOf(text, frame)
    else if (known?.kind === 'value') known.value = await this.#evaluate(text, frame, known.type)
    else throw undeclared(name)
  }

  /** The value of an expression, as the type that the variable was declared with. */
  async #evaluate(expression: string, frame: Frame, type?: SnowflakeType): Promise<Value> {
    const sql = type ? `SELECT CAST((${expression}) AS ${renderType(type)})` : `SELECT ${expression}`
    const { columns, rows } = await collect(await runQuery(this.#session, frame.statement(this.#outer, sql, true)))
    const [column] = columns
    return column ? cellValue(column, rows[0]?.[0] ?? null) : NULL_VALUE
  }

  async #isTrue(condition: string, frame: Frame): Promise<boolean> {
    const { cell } = await this.#evaluate(condition, frame, { name: 'boolean' })
    return cell === '1'
  }

  async #loop(
    label: string,
    goesOn: () => Promise<boolean>,
    body: readonly Step[],
    frame: Frame,
    prepare: (inner: Frame) => void = () => undefined,
  ): Promise<Outcome | undefined> {
    while (await goesOn()) {
      const inner = new Frame(frame)
      prepare(inner)
      const outcome = await this.#runSteps(body, inner)
      if (!outcome) {
        if (++this.#steps % STEPS_PER_TURN === 0) await nextTurn()
        if (this.#outer.options.signal.aborted) throw canceled()
        continue
      }
      const isOurs = 'label' in outcome && (outcome.label === '' || outcome.label === label)
      if (!isOurs) return outcome
      if (outcome.kind === 'break') return undefined
    }
    return undefined
  }

  async #count(step: Step & { kind: 'count' }, frame: Frame): Promise<Outcome | undefined> {
    const bound = async (text: string) => Number((await this.#evaluate(text, frame)).cell)
    const from = await bound(step.from)
    const to = await bound(step.to)
    let at = step.isReverse ? to + 1 : from - 1
    const goesOn = async () => (step.isReverse ? --at >= from : ++at <= to)
    return this.#loop(step.label, goesOn, step.body, frame, (inner) =>
      inner.declare(step.name, { kind: 'value', value: numberValue(at), type: undefined }),
    )
  }

  async #each(step: Step & { kind: 'each' }, frame: Frame): Promise<Outcome | undefined> {
    const { columns, rows } = await this.#rowsOf(step.source, frame)
    let at = -1
    const goesOn = async () => ++at < rows.length
    return this.#loop(step.label, goesOn, step.body, frame, (inner) =>
      inner.declare(step.name, { kind: 'record', columns, row: rows[at] ?? [] }),
    )
  }

  /** The rows of a result set or cursor by its name, or of a query in brackets. */
  async #rowsOf(source: string, frame: Frame): Promise<Rows> {
    const text = source.trim().replace(/^\(([\s\S]*)\)$/, '$1')
    const known = /^[\w$]+$/.test(text) ? frame.find(text.toUpperCase()) : undefined
    if (known?.kind === 'rows' && known.rows) return known.rows
    if (known?.kind === 'cursor') return known.cursor.rows ?? this.#query(known.cursor.query, frame, [])
    if (known) throw undeclared(text)
    return this.#query(text, frame, [])
  }

  async #query(query: string, frame: Frame, binds: readonly Value[]): Promise<Rows> {
    const known = /^[\w$]+$/.test(query) ? frame.find(query.toUpperCase()) : undefined
    if (known?.kind === 'rows' && known.rows) return known.rows
    return collect(await this.#execute(query, frame, binds))
  }

  #fetch(name: string, into: readonly string[], frame: Frame): undefined {
    const cursor = cursorOf(frame, name)
    if (!cursor.rows) throw compilationError('000002', '0A000', `Cursor '${name}' is not open.`)
    const row = cursor.rows.rows[cursor.next++]
    this.#store(into, row ? cursor.rows.columns.map((column, i) => cellValue(column, row[i] ?? null)) : [], frame)
  }

  #store(names: readonly string[], values: readonly Value[], frame: Frame): void {
    for (const [i, name] of names.entries()) {
      const known = frame.find(name)
      if (known?.kind !== 'value') throw undeclared(name)
      known.value = values[i] ?? NULL_VALUE
    }
  }

  #valueOf(name: string, frame: Frame): Value {
    const known = frame.find(name)
    if (known?.kind !== 'value') throw undeclared(name)
    return known.value
  }

  #raise(place: Place, name: string | undefined, frame: Frame): never {
    if (name === undefined) {
      if (this.#handled) throw this.#handled
      throw compilationError('000002', '0A000', 'RAISE outside of an exception handler.')
    }
    const known = frame.find(name)
    if (known?.kind !== 'exception') throw undeclared(name)
    const { code, message } = known.exception
    throw new Thrown(name, place, new SqlError(String(code), 'P0001', message))
  }

  async #runSql(sql: string, into: readonly string[], frame: Frame): Promise<undefined> {
    const result = await this.#execute(sql, frame, [])
    const { columns, rows } = await collect(result)
    if (into.length > 0) {
      if (rows.length !== 1)
        throw new SqlError(
          '100335',
          'P0000',
          `A SELECT INTO statement expects exactly 1 returned row, but got ${rows.length}.`,
        )
      this.#store(
        into,
        columns.map((column, i) => cellValue(column, rows[0]?.[i] ?? null)),
        frame,
      )
    }
    const count = result.stats ? Object.values(result.stats).reduce((sum, part) => sum + part, 0) : undefined
    const status: readonly (readonly [string, Value])[] = [
      ['SQLROWCOUNT', count === undefined ? NULL_VALUE : numberValue(count)],
      ['SQLFOUND', count === undefined ? NULL_VALUE : booleanValue(count > 0)],
      ['SQLNOTFOUND', count === undefined ? NULL_VALUE : booleanValue(count === 0)],
      ['SQLID', textValue(this.#outer.options.queryId)],
    ]
    for (const [name, value] of status) {
      const known = frame.find(name)
      if (known?.kind === 'value') known.value = value
    }
  }

  /** Runs a statement of the block; the text of EXECUTE IMMEDIATE is an expression of its own. */
  async #execute(sql: string, frame: Frame, binds: readonly Value[]): Promise<StatementResult> {
    const dynamic = /^EXECUTE\s+IMMEDIATE\s+([\s\S]*?)(?:\s+USING\s*\(([^)]*)\))?$/i.exec(sql)
    if (!dynamic) {
      const statement = frame.statement(this.#outer, sql, false)
      return runStatement(this.#session, binds.length > 0 ? withBinds(statement, binds) : statement)
    }
    const { cell } = await this.#evaluate((dynamic[1] ?? '').replace(/^:(?=[A-Za-z_"])/, ''), frame)
    const using = (dynamic[2] ?? '').split(',').filter((name) => name.trim() !== '')
    const values: Value[] = []
    for (const name of using) values.push(await this.#evaluate(name, frame))
    return runStatement(this.#session, withBinds({ ...this.#outer, sql: cell ?? '' }, values))
  }
}

function withBinds(statement: Statement, values: readonly Value[]): Statement {
  const { sql, options } = statement
  const bindings: Record<string, Binding> = { ...options.bindings }
  values.forEach((value, i) => {
    bindings[i + 1] = toBinding(value)
  })
  return { sql, options: { ...options, bindings } }
}

async function collect({ columns, batches }: StatementResult): Promise<Rows> {
  const rows: Rows['rows'][number][] = []
  for await (const batch of batches) rows.push(...batch)
  return { columns, rows }
}

function handlerOf(handlers: readonly Handler[], { type }: Thrown): Handler | undefined {
  return handlers.find(({ names }) => names.includes(type) || names.includes('OTHER'))
}

function cursorOf(frame: Frame, name: string): CursorState {
  const known: Known | undefined = frame.find(name)
  if (known?.kind !== 'cursor') throw undeclared(name)
  return known.cursor
}

function undeclared(name: string): SqlError {
  return compilationError('000904', '42000', `invalid identifier '${name}'`)
}
