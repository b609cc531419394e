import type { Cursor } from '../text/index.ts'
import type { Details } from './create-named.ts'
import { readParameters } from './read-routine.ts'

/** `AS (…) RETURNS … -> …` of a policy, behind its name. */
export function readPolicy(cursor: Cursor): Details {
  cursor.expect('AS')
  const parameters = readParameters(cursor.sql, cursor.group())
  cursor.expect('RETURNS')
  const first = cursor.next()
  let last = first
  while (!cursor.at('->')) last = cursor.next()
  cursor.expect('->')
  const body = cursor.rest().replace(/\s+COMMENT\s*=\s*'(?:[^']|'')*'\s*$/i, '')
  const comment = /\sCOMMENT\s*=\s*'((?:[^']|'')*)'\s*$/i.exec(cursor.rest())?.[1]?.replaceAll("''", "'") ?? ''
  cursor.toEnd()
  const returns = cursor.sql.slice(first.start, last.end).toUpperCase()
  return { comment, policy: { parameters, returns, body: body.trim() } }
}
