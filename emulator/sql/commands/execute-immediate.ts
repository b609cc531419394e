import type { Binding, StatementResult } from '../../engine.ts'
import { unsupported } from '../errors.ts'
import type { Session, Statement } from '../session/index.ts'
import { type Cursor, fold, splitStatements } from '../text/index.ts'
import { runStatement } from './run-statement.ts'

/** `EXECUTE IMMEDIATE '…' | $$…$$ | $variable [USING (…)]`; expressions are the business of scripting blocks. */
export async function executeImmediate(
  session: Session,
  cursor: Cursor,
  statement: Statement,
): Promise<StatementResult> {
  cursor.expect('EXECUTE', 'IMMEDIATE')
  const token = cursor.next()
  if (token.kind !== 'string' && token.kind !== 'variable') throw unsupported('EXECUTE IMMEDIATE of an expression')
  const text = token.kind === 'string' ? token.text : session.variableText(token.text.slice(1))
  const [sql = ''] = splitStatements(text)
  const bindings = cursor.take('USING') ? readBinds(session, cursor) : statement.options.bindings
  return runStatement(session, { sql, options: { ...statement.options, bindings } })
}

/** Literals and session variables, bound in their order. */
function readBinds(session: Session, cursor: Cursor): Record<string, Binding> {
  const tokens = cursor.group().filter(({ keyword }) => keyword !== ',')
  return Object.fromEntries(
    tokens.map((token, i) => {
      if (token.kind === 'number') return [i + 1, { type: 'FIXED', value: token.text }]
      if (token.kind === 'string') return [i + 1, { type: 'TEXT', value: token.text }]
      const name = token.kind === 'variable' ? token.text.slice(1) : fold(token)
      return [i + 1, { type: 'TEXT', value: session.variableText(name) }]
    }),
  )
}
