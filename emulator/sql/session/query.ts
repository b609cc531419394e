import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import type { Cell, Column, StatementResult } from '../../engine.ts'
import { canceled } from '../errors.ts'
import {
  bodyOf,
  columnNameOf,
  kindOf,
  type Needs,
  type Node,
  OUR_FUNCTIONS,
  type Outputs,
  type Prepared,
  parseOne,
  prepare,
  Rewriter,
  selectItemTexts,
} from '../rewrite/index.ts'
import { demangle } from '../text/index.ts'
import { translateError } from '../translate-error.ts'
import { cellWriter, fromDuckType, type SnowflakeType, toColumn } from '../types/index.ts'
import { StatementEnvironment } from './environment.ts'
import { interruptOnAbort } from './interrupts.ts'
import { noBatches, TYPE_ID } from './results.ts'
import type { Session, Statement } from './session.ts'

export interface Parsed {
  readonly prepared: Prepared
  readonly node: Node
  readonly rewriter: Rewriter
  readonly needs: Needs
}

/** Parses a statement, ready to be rewritten. */
export function parseStatement(session: Session, statement: Statement): Parsed {
  const prepared = prepare(statement.sql, OUR_FUNCTIONS)
  const needs: Needs = { scratch: [], wait: 0 }
  const rewriter = new Rewriter(new StatementEnvironment(session, statement.options), prepared, needs)
  return { prepared, node: parseOne(prepared.sql), rewriter, needs }
}

/** DuckDB's text of a query, with what is known of its columns. */
export interface RewrittenText {
  readonly sql: string
  readonly outputs: Outputs
  readonly needs: Needs
  readonly bindCount: number
}

export function rewriteQueryText(session: Session, statement: Statement): RewrittenText {
  const { prepared, node, rewriter, needs } = parseStatement(session, statement)
  const { node: rewritten, outputs } = rewriter.query(node, undefined)
  const sql = rewriter.print(rewritten)
  return { sql, outputs: nameBySource(outputs, node, statement.sql), needs, bindCount: prepared.bindCount }
}

/** Unnamed columns of the outermost list take their names from the text as it was written. */
function nameBySource(outputs: Outputs, node: Node, sql: string): Outputs {
  if (kindOf(node) !== 'select' || !outputs) return outputs
  const items = bodyOf(node).expressions as Node[]
  const texts = selectItemTexts(sql)
  if (texts.length !== items.length || outputs.length !== items.length) return outputs
  return outputs.map((output, i) => {
    const kind = kindOf(items[i] as Node)
    return kind === 'alias' || kind === 'column' || kind === 'star'
      ? output
      : { ...output, name: columnNameOf(texts[i] ?? '') }
  })
}

/** Runs a SELECT and streams its rows. */
export async function runQuery(
  session: Session,
  statement: Statement,
  statementTypeId: number = TYPE_ID.select,
): Promise<StatementResult> {
  const rewritten = rewriteQueryText(session, statement)
  const { options } = statement
  if (!options.describeOnly) await session.wait(rewritten.needs.wait, options.signal)
  const scratch = await session.warehouse.loadScratch(rewritten.sql, rewritten.needs.scratch)
  const lease = await session.lease(options)
  const endWatch = interruptOnAbort(lease.connection, options.signal)
  let released = false
  const release = async () => {
    if (released) return
    released = true
    endWatch()
    lease.release()
    await scratch.drop()
  }
  try {
    const limit = Number(session.parameterOf('ROWS_PER_RESULTSET', options))
    const sql = limit > 0 ? `SELECT * FROM (${scratch.sql}) LIMIT ${limit}` : scratch.sql
    const { columns, types, result } = await start(lease.connection, sql, rewritten.outputs, options.describeOnly)
    if (!result) {
      await release()
      return { columns, batches: noBatches(), statementTypeId, numberOfBinds: rewritten.bindCount }
    }
    const batches = await lease.open(readBatches(result, types, options.signal), release)
    return { columns, batches, statementTypeId, numberOfBinds: rewritten.bindCount }
  } catch (error) {
    await release()
    throw options.signal.aborted ? canceled() : translateError(error)
  }
}

async function start(
  connection: DuckDBConnection,
  sql: string,
  outputs: Outputs,
  describeOnly: boolean,
): Promise<{ columns: Column[]; types: SnowflakeType[]; result: DuckDBResult | undefined }> {
  const prepared = await connection.prepare(sql)
  const columns: Column[] = []
  const types: SnowflakeType[] = []
  const known = outputs?.length === prepared.columnCount ? outputs : undefined
  for (let i = 0; i < prepared.columnCount; i++) {
    const output = known?.[i]
    const type = declaredOr(fromDuckType(prepared.columnType(i)), output?.type)
    types.push(type)
    columns.push(
      toColumn(output?.name ?? demangle(prepared.columnName(i)), type, output?.nullable ?? true, output?.source),
    )
  }
  return { columns, types, result: describeOnly ? undefined : await prepared.stream() }
}

/** The type as declared, where DuckDB's is of the same kind: it knows neither lengths nor the scales of times. */
function declaredOr(actual: SnowflakeType, declared: SnowflakeType | undefined): SnowflakeType {
  if (declared?.name !== actual.name) return actual
  return declared.name === 'fixed' && declared.scale !== actual.scale ? actual : declared
}

async function* readBatches(
  result: DuckDBResult,
  types: readonly SnowflakeType[],
  signal: AbortSignal,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const writers = types.map(cellWriter)
  // DuckDB computes the next rows while these are written and sent.
  let next = fetch(result)
  try {
    for (;;) {
      if (signal.aborted) throw canceled()
      const chunk = await next
      if (!chunk || chunk.rowCount === 0) return
      next = fetch(result)
      const columns = writers.map((write, i) => chunk.getColumnValues(i).map(write))
      yield Array.from({ length: chunk.rowCount }, (_, row) => columns.map((column) => column[row] as Cell))
    }
  } catch (error) {
    throw signal.aborted ? canceled() : translateError(error)
  } finally {
    // Given up early, the connection is free again only once the fetch has ended.
    await next.catch(() => undefined)
  }
}

/** A fetch that may fail before anyone awaits it. */
function fetch(result: DuckDBResult): ReturnType<DuckDBResult['fetchChunk']> {
  const chunk = result.fetchChunk()
  chunk.catch(() => undefined)
  return chunk
}
