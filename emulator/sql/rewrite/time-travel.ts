import type { Table } from '../catalogue/index.ts'
import { compilationError, unsupported } from '../errors.ts'
import { display, quoteText } from '../text/index.ts'
import { type Body, bodyOf, type Node } from './ast.ts'
import { constantText } from './constants.ts'
import type { Rewriter } from './rewriter.ts'
import { Scope } from './scope.ts'
import { toMoment } from './time-functions.ts'

/**
 * `AT (…)`, `BEFORE (…)`. The emulator keeps no past rows: a time since which the table has not changed is answered with
 * its rows, and any other with what Snowflake says of a time beyond the retention.
 */
export function timeTravel(rewriter: Rewriter, table: Table, when: Body): string {
  const changed = rewriter.env.changedOn(table)
  const moment = momentText(rewriter, when)
  return `(SELECT * FROM ${table.duckTable} WHERE SFX_AS_OF(${moment}, make_timestamp(${Math.floor(changed * 1000)}), ${quoteText(display(table.name))}))`
}

/** The time asked for, in UTC, as DuckDB's expression. */
function momentText(rewriter: Rewriter, when: Body): string {
  const expression = when.expression as Node
  const scope = new Scope()
  switch (String(when.kind).toUpperCase()) {
    case 'TIMESTAMP': {
      const local = toMoment(rewriter, [expression], scope, { name: 'timestamp_ltz', scale: 9 }, false)
      return `timezone('UTC', ${rewriter.print(local)})`
    }
    case 'OFFSET': {
      const seconds = rewriter.print(rewriter.expression(expression, scope))
      return `make_timestamp(CAST(${rewriter.env.now.getTime() * 1000} + CAST(${seconds} AS BIGINT) * 1000000 AS BIGINT))`
    }
    case 'STATEMENT': {
      const id = constantText(rewriter, expression)
      const isBefore = JSON.stringify(when.this).includes('BEFORE')
      const at = rewriter.env.statementTime(id)
      if (!at) throw compilationError('000709', '02000', `Statement ${id} not found`)
      return `make_timestamp(${Math.floor((isBefore ? at.start - 1 : at.end) * 1000)})`
    }
    default:
      throw unsupported(`time travel by ${String(when.kind)}`)
  }
}

export function whenOf(body: Body): Body | undefined {
  const when = body.when as Body | null | undefined
  return when && 'kind' in when ? when : when ? bodyOf(when as Node) : undefined
}
