import { SqlError } from '../../engine.ts'
import type { Place } from './script.ts'

/** An exception on its way out of a block, with where it began. */
export class Thrown extends Error {
  override readonly name = 'Thrown'
  /** `STATEMENT_ERROR`, `EXPRESSION_ERROR` or the name of a declared exception. */
  readonly type: string
  readonly place: Place
  readonly error: SqlError

  constructor(type: string, place: Place, error: SqlError) {
    super(error.message)
    this.type = type
    this.place = place
    this.error = error
  }

  /** What the client reads when nothing handled it. */
  toSqlError(): SqlError {
    const { code, sqlState, message } = this.error
    const { line, pos } = this.place
    const text = `Uncaught exception of type '${this.type}' on line ${line} at position ${pos} : ${message}`
    return new SqlError(code, sqlState, text)
  }
}
