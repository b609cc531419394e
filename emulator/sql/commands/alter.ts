import type { Cell, StatementResult } from '../../engine.ts'
import { coerceParameter, DEFAULT_PARAMETERS } from '../../parameters.ts'
import { compilationError } from '../errors.ts'
import {
  EXECUTED,
  rowsResult,
  type Session,
  type Statement,
  statusResult,
  TYPE_ID,
  textColumns,
} from '../session/index.ts'
import { type Cursor, fold } from '../text/index.ts'
import { alterObject } from './alter-object.ts'
import { alterTable } from './alter-table.ts'

/** `ALTER …`. */
export async function alter(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('ALTER')
  if (cursor.take('SESSION')) return alterSession(session, cursor, statement)
  if (!statement.options.describeOnly) await session.end('COMMIT')
  cursor.takeAny(['DYNAMIC', 'ICEBERG', 'EXTERNAL'].filter(() => cursor.peek(1)?.keyword === 'TABLE'))
  if (cursor.at('TABLE')) return alterTable(session, cursor, statement)
  const text = statement.sql
  const pat = /\bADD\s+(?:PROGRAMMATIC\s+ACCESS\s+TOKEN|PAT)\s+("?[\w$]+"?)/i.exec(text)
  if (cursor.at('USER') && pat) {
    const rows: Cell[][] = [[(pat[1] ?? '').toUpperCase(), `invented-pat-${statement.options.queryId}`]]
    return rowsResult(textColumns(['token_name', 'token_secret']), rows, TYPE_ID.accessTokens)
  }
  return alterObject(session, cursor, statement)
}

async function alterSession(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  const isSet = cursor.take('SET')
  if (!isSet) cursor.expect('UNSET')
  const changes: [string, string | number | boolean][] = []
  while (!cursor.done) {
    if (cursor.take(',')) continue
    const name = fold(cursor.next())
    const standard = DEFAULT_PARAMETERS[name]
    if (standard === undefined)
      throw compilationError('001422', '22023', `invalid value [${name}] for parameter '${name}'`)
    if (!isSet) {
      changes.push([name, standard])
      continue
    }
    cursor.expect('=')
    const sign = cursor.take('-') ? '-' : ''
    changes.push([name, coerceParameter(name, sign + cursor.next().text)])
  }
  if (!statement.options.describeOnly) {
    for (const [name, value] of changes) {
      if (name === 'TIMEZONE') checkTimeZone(String(value))
      if (name === 'AUTOCOMMIT' && value === true) await session.end('COMMIT')
      session.parameters.set(name, value)
    }
  }
  return statusResult(EXECUTED, TYPE_ID.alterSession)
}

function checkTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    throw compilationError('001023', '22023', `invalid value [${name}] for parameter 'TIMEZONE'`)
  }
}
