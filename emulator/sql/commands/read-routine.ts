import type { Parameter } from '../catalogue/index.ts'
import { unsupported } from '../errors.ts'
import { Cursor, fold, splitAtCommas, type Token } from '../text/index.ts'
import { readType, type SnowflakeType } from '../types/index.ts'
import type { Details } from './create-named.ts'

/** `(…) RETURNS … [LANGUAGE …] AS …` of a function or procedure, behind its name. */
export function readRoutine(cursor: Cursor): Details {
  const parameters = readParameters(cursor.sql, cursor.group())
  let returns: SnowflakeType | readonly Parameter[] | undefined
  let language = 'SQL'
  let isOwners = true
  let comment = ''
  let body: string | undefined
  while (!cursor.done) {
    if (cursor.take('RETURNS')) returns = readReturns(cursor)
    else if (cursor.take('LANGUAGE')) language = cursor.next().text.toUpperCase()
    else if (cursor.take('COMMENT', '=')) comment = cursor.next().text
    else if (cursor.take('EXECUTE', 'AS')) isOwners = cursor.next().keyword !== 'CALLER'
    else if (cursor.take('AS')) body = readBody(cursor)
    else if (cursor.at('(')) cursor.group()
    else cursor.skip()
  }
  if (returns === undefined || (body === undefined && language === 'SQL')) throw cursor.unexpected()
  return {
    comment,
    signature: signatureOf(parameters.map(({ type }) => type)),
    routine: { parameters, returns, language, isOwners, body: body ?? '' },
  }
}

/** What tells overloads apart: the types of the arguments, without their sizes. */
export function signatureOf(types: readonly SnowflakeType[]): string {
  return types.map(({ name }) => name).join(',')
}

/** `NAME TYPE [DEFAULT …], …` */
export function readParameters(sql: string, tokens: readonly Token[]): Parameter[] {
  return splitAtCommas(tokens).map((part) => {
    const cursor = new Cursor(sql, part)
    const name = fold(cursor.next())
    const type = readType(cursor)
    if (!type) throw unsupported(`type of argument ${name}`)
    cursor.take('NOT', 'NULL')
    if (cursor.takeAny(['DEFAULT', '=>']) === undefined) return { name, type }
    const [first, last] = [cursor.peek(), part.at(-1)]
    return { name, type, default: sql.slice(first?.start, last?.end) }
  })
}

function readReturns(cursor: Cursor): SnowflakeType | readonly Parameter[] {
  if (cursor.take('TABLE')) return readParameters(cursor.sql, cursor.group())
  const type = readType(cursor)
  if (!type) throw cursor.unexpected()
  cursor.take('NOT', 'NULL')
  return type
}

/** A body in quotes or dollars, or a bare scripting block to the end. */
function readBody(cursor: Cursor): string {
  const text = cursor.peek()?.kind === 'string' ? cursor.next().text : cursor.rest()
  cursor.toEnd()
  return text
}
