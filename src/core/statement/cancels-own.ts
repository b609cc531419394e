/**
 * `SELECT SYSTEM$CANCEL_ALL_QUERIES(<id of this session>)`, and nothing besides: Snowpark sends it when a session is
 * closed (snowflake/snowpark/session.py, cancel_all), with the id that its log-in was told. It reaches the caller's own
 * statements alone, while any other id, or one that is computed, could be somebody else's.
 */
import { isOperator, isWord, type Token } from './token.ts'

/** `session`: the id at the upstream, digits. */
export function cancelsOwn(tokens: readonly Token[], session: string): boolean {
  const [select, name, open, id, close, ...others] = tokens
  return (
    isWord(select, 'SELECT') &&
    isWord(name, 'SYSTEM$CANCEL_ALL_QUERIES') &&
    isOperator(open, '(') &&
    id?.type === 'number' &&
    /^[1-9]\d*$/.test(id.text) &&
    id.text === session &&
    isOperator(close, ')') &&
    others.length === 0
  )
}
