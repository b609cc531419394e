/** The secrets of a whole text: in its statements, its comments, and the texts that it runs. */
import { append } from './append.ts'
import { type Lexed, lex } from './lexer.ts'
import { literalOf } from './names.ts'
import { TEXT_RUNNING_FUNCTIONS } from './never-functions.ts'
import { mergeSpans, Refusal } from './refusal.ts'
import { findAssigned, findInComments, findSecrets } from './secrets.ts'
import { splitStatements } from './split.ts'
import { isOperator, isText, isWord, type TextToken, type Token } from './token.ts'
import type { Span } from './types.ts'

/** How deep texts may run texts: EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''…'''. */
export const MAX_TEXTS = 4

const QUERIES = ['SELECT', 'WITH', 'VALUES', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'EXPLAIN']

export function findTextSecrets(sqlText: string, { tokens, comments }: Lexed, level = 0): readonly Span[] {
  const spans = [...findInComments(sqlText, comments)]
  for (const statement of splitStatements(tokens)) {
    const query = isWord(statement[0], ...QUERIES) || isOperator(statement[0], '(')
    append(spans, findSecrets(statement, query))
    const runsTexts = statement.some(runsText)
    for (const token of statement) {
      if (!isText(token)) continue
      if (runsTexts) append(spans, secretsOfRunText(sqlText, token, level))
      else if (!query) {
        const { value, offset } = literalOf(sqlText, token)
        append(spans, findAssigned(value, offset))
      }
    }
  }
  return mergeSpans(spans)
}

function runsText(token: Token): boolean {
  return isWord(token, 'IMMEDIATE') || TEXT_RUNNING_FUNCTIONS.has(token.text.toUpperCase())
}

/** Spans in the outer text. A text that cannot be read may hold anything: it is a secret as a whole. */
function secretsOfRunText(sqlText: string, token: TextToken, level: number): readonly Span[] {
  const { value, offset } = literalOf(sqlText, token)
  try {
    if (level >= MAX_TEXTS) return [{ start: token.start, end: token.end }]
    const found = findTextSecrets(value, lex(value), level + 1)
    return found.map((span) => ({ start: offset(span.start), end: offset(span.end) }))
  } catch (error) {
    if (error instanceof Refusal) return [{ start: token.start, end: token.end }]
    throw error
  }
}
