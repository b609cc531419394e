import type { StatementResult } from '../../engine.ts'
import { SqlError } from '../../engine.ts'
import type { Parameter } from '../catalogue/index.ts'
import { invalidIdentifier, unknownFunction, unsupported } from '../errors.ts'
import { findRoutine } from '../rewrite/index.ts'
import { rowsResult, runQuery, type Session, type Statement, StatementEnvironment, TYPE_ID } from '../session/index.ts'
import { applyEdits, type Cursor, display, fold, readName, splitAtCommas, tokenize } from '../text/index.ts'
import { renderType, type SnowflakeType, toColumn } from '../types/index.ts'
import { Frame } from './frame.ts'
import { parseBlock } from './parse-block.ts'
import { BlockRunner, type Outcome } from './run-block.ts'
import { Thrown } from './thrown.ts'
import { cellValue, NULL_VALUE, type Value } from './values.ts'

/** `BEGIN … END`, `DECLARE … BEGIN … END`. */
export async function runAnonymousBlock(session: Session, statement: Statement): Promise<StatementResult> {
  // Binds count through the whole block, whatever statement of it they stand in.
  const marks = tokenize(statement.sql).filter(({ keyword }) => keyword === '?')
  const sql = applyEdits(
    statement.sql,
    marks.map(({ start, end }, i) => ({ start, end, text: `:${i + 1}` })),
  )
  const frame = rootFrame()
  const outcome = await run(session, { ...statement, sql }, sql, frame)
  return toResult(outcome, 'anonymous block', marks.length)
}

/** `CALL p(…)`. */
export async function callProcedure(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('CALL')
  const parts = readName(cursor, session.variableText)
  const args = splitAtCommas(cursor.group())
  const env = new StatementEnvironment(session, statement.options)
  const found = findRoutine(env, 'PROCEDURE', parts, args.length)
  if (!found) return unknownFunction(parts.map(display))
  const { object, routine } = found
  if (routine.language !== 'SQL') throw unsupported(`running a procedure in ${routine.language}`)
  const texts = args.map((tokens) => {
    const [first, last] = [tokens[tokens[1]?.keyword === '=>' ? 2 : 0], tokens.at(-1)]
    const name = tokens[1]?.keyword === '=>' && tokens[0] ? fold(tokens[0]) : undefined
    return { name, text: cursor.sql.slice(first?.start, last?.end) }
  })
  const frame = rootFrame()
  for (const [i, parameter] of routine.parameters.entries()) {
    const given =
      texts.find(({ name }) => name === parameter.name) ?? (texts[i]?.name === undefined ? texts[i] : undefined)
    const text = given?.text ?? parameter.default
    if (text === undefined) throw invalidIdentifier(parameter.name)
    const value = await evaluate(session, statement, `CAST((${text}) AS ${renderType(parameter.type)})`)
    frame.declare(parameter.name, { kind: 'value', value, type: parameter.type })
  }
  const { database, schema } = session.context
  if (routine.isOwners) Object.assign(session.context, { database: object.database, schema: object.schema })
  try {
    const outcome = await run(session, statement, routine.body, frame)
    const returned =
      isColumns(routine.returns) || outcome?.kind !== 'value'
        ? outcome
        : await as(session, statement, outcome.value, routine.returns)
    return toResult(returned, object.name, 0)
  } finally {
    if (routine.isOwners) Object.assign(session.context, { database, schema })
  }
}

function isColumns(returns: SnowflakeType | readonly Parameter[]): returns is readonly Parameter[] {
  return Array.isArray(returns)
}

async function as(session: Session, statement: Statement, value: Value, type: SnowflakeType): Promise<Outcome> {
  const frame = new Frame()
  frame.declare('RESULT', { kind: 'value', value, type: undefined })
  const text = `CAST(RESULT AS ${renderType(type)})`
  return { kind: 'value', value: await evaluate(session, frame.statement(statement, text, true), undefined) }
}

async function evaluate(session: Session, statement: Statement, text: string | undefined): Promise<Value> {
  const sql = `SELECT ${text ?? statement.sql}`
  const { columns, batches } = await runQuery(session, { sql, options: { ...statement.options, describeOnly: false } })
  let value = NULL_VALUE
  for await (const [row] of batches) if (columns[0]) value = cellValue(columns[0], row?.[0] ?? null)
  return value
}

/** What every block can read of the statement before. */
function rootFrame(): Frame {
  const frame = new Frame()
  for (const name of ['SQLROWCOUNT', 'SQLFOUND', 'SQLNOTFOUND', 'SQLID'])
    frame.declare(name, { kind: 'value', value: NULL_VALUE, type: undefined })
  return frame
}

async function run(session: Session, statement: Statement, text: string, frame: Frame): Promise<Outcome | undefined> {
  const block = parseBlock(text)
  if (statement.options.describeOnly) return undefined
  try {
    return await new BlockRunner(session, statement).run(block, frame)
  } catch (error) {
    throw error instanceof Thrown ? error.toSqlError() : error
  }
}

function toResult(outcome: Outcome | undefined, name: string, numberOfBinds: number): StatementResult {
  if (outcome?.kind === 'rows')
    return { ...rowsResult(outcome.rows.columns, outcome.rows.rows, TYPE_ID.call), numberOfBinds }
  if (outcome && outcome.kind !== 'value')
    throw new SqlError('001003', '42000', `SQL compilation error:\n${outcome.kind.toUpperCase()} outside of a loop.`)
  const value = outcome?.value ?? NULL_VALUE
  const columns = [toColumn(name, value.type, true)]
  return { ...rowsResult(columns, [[value.cell]], TYPE_ID.call), numberOfBinds }
}
