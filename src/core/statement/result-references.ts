/** Former results that a statement reads, by query id: the gate lets only one's own pass. */
import { append } from './append.ts'
import { type KnownVariables, namesOf } from './names.ts'
import { QUERY_ID_FUNCTIONS } from './never-functions.ts'
import { Refusal } from './refusal.ts'
import { closingOf, isName, isOperator, isText, isWord, type Token } from './token.ts'
import type { ResultReference } from './types.ts'

const QUERY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function findResultReferences(tokens: readonly Token[], variables: KnownVariables): readonly ResultReference[] {
  const references: ResultReference[] = []
  const describes = isWord(tokens[0], 'DESCRIBE', 'DESC') && isWord(tokens[1], 'RESULT')
  if (describes) references.push(readReference('DESCRIBE RESULT', tokens.slice(2), tokens[1]?.start ?? 0))
  for (const { index, parts, next } of namesOf(tokens, variables)) {
    const text = parts?.at(-1)?.toUpperCase() ?? ''
    if (!isOperator(tokens[next], '(') || !(QUERY_ID_FUNCTIONS.has(text) || text === 'VALIDATE')) continue
    const argument = tokens.slice(next + 1, closingOf(tokens, next))
    if (text === 'VALIDATE') {
      append(references, readLoadJob(argument))
      continue
    }
    // The plan functions also take the text of a statement, which they do not run.
    const plan = text === 'SYSTEM$EXPLAIN_PLAN_JSON' && isText(argument[0]) && !QUERY_ID.test(argument[0].text.trim())
    if (!plan || argument.length !== 1) references.push(readReference(text, argument, tokens[index]?.start ?? 0))
  }
  return references
}

/**
 * `VALIDATE(t, JOB_ID => '<id>')` returns the rows that a COPY INTO has rejected: one's own, or somebody else's.
 * Without a job it is some other function of that name.
 */
function readLoadJob(argument: readonly Token[]): readonly ResultReference[] {
  const job = argument.findIndex(
    (token, index) => isOperator(token, '=>') && argument[index - 1]?.text.toUpperCase() === 'JOB_ID',
  )
  const value = argument.slice(job + 1)
  // `_last` is the last load of the session.
  const last = value.length === 1 && isText(value[0]) && value[0].text === '_last'
  return job < 0 || last ? [] : [readReference('VALIDATE', value, argument[0]?.start ?? 0)]
}

function readReference(what: string, argument: readonly Token[], offset: number): ResultReference {
  const [first, second] = argument
  if (argument.length === 1 && isText(first)) {
    const queryId = first.text
    if (QUERY_ID.test(queryId)) return { by: 'id', queryId }
    throw new Refusal('result_reference', `${what} takes the id of a query; this text is none`, first.start)
  }
  if (isName(first) && first.text.toUpperCase() === 'LAST_QUERY_ID' && isOperator(second, '(')) {
    const index = readIndex(argument.slice(2, -1))
    if (index !== null && closingOf(argument, 1) === argument.length - 1) {
      return index === undefined ? { by: 'last_query' } : { by: 'last_query', index }
    }
  }
  throw new Refusal(
    'result_reference',
    `${what} is understood with a constant query id or LAST_QUERY_ID() only; write the id itself`,
    first?.start ?? offset,
  )
}

/** Undefined for the last query, null for what is no constant. */
function readIndex(tokens: readonly Token[]): number | null | undefined {
  if (tokens.length === 0) return undefined
  const sign = isOperator(tokens[0], '-') ? -1 : 1
  const [number, ...rest] = sign < 0 ? tokens.slice(1) : tokens
  if (number?.type !== 'number' || rest.length > 0 || !/^[0-9]{1,9}$/.test(number.text)) return null
  return sign * Number(number.text)
}
