import type { Session, Statement } from '../session/index.ts'
import { type Cursor, quoteText } from '../text/index.ts'
import type { Details } from './create-named.ts'

/** `[START [WITH] [=] n] [INCREMENT [BY] [=] n] [ORDER | NOORDER] [COMMENT = '…']` of a sequence. */
export async function makeSequence(session: Session, cursor: Cursor, statement: Statement): Promise<Details> {
  let start = 1
  let increment = 1
  let comment = ''
  while (!cursor.done) {
    if (cursor.take('START')) start = readCount(cursor, 'WITH')
    else if (cursor.take('INCREMENT')) increment = readCount(cursor, 'BY')
    else if (cursor.take('COMMENT', '=')) comment = cursor.next().text
    else if (cursor.takeAny(['ORDER', 'NOORDER', 'WITH', ',']) === undefined) throw cursor.unexpected()
  }
  const duckName = session.warehouse.newSequenceName()
  if (!statement.options.describeOnly)
    await session.warehouse.execute(
      `CREATE SEQUENCE ${duckName} START ${start} INCREMENT ${increment} MINVALUE -9223372036854775808`,
    )
  return { comment, sequence: { duckName: quoteText(duckName), start, increment } }
}

function readCount(cursor: Cursor, filler: string): number {
  cursor.take(filler)
  cursor.take('=')
  const sign = cursor.take('-') ? -1 : 1
  return sign * Number(cursor.next().text)
}
