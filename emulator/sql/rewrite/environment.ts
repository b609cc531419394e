import type { Binding, Cell, Column, SessionContext } from '../../engine.ts'
import type { Catalogue, CatalogueObject, NameContext, ObjectPath, Table } from '../catalogue/index.ts'

/** Rows that come from outside DuckDB: former results, the query history, the information schema. */
export interface HostRows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** What a statement's text can depend on besides its data. */
export interface Environment {
  readonly catalogue: Catalogue
  readonly names: NameContext
  readonly context: Readonly<SessionContext>
  readonly user: string
  readonly account: string
  readonly sessionId: string
  readonly roles: readonly string[]
  readonly bindings: Readonly<Record<string, Binding>>
  /** The same for names that are looked up elsewhere: in a view's own schema. */
  within(names: NameContext): Environment
  /** The time of the statement, which `CURRENT_TIMESTAMP()` gives throughout. */
  readonly now: Date
  /** The table or view of a name, temporary ones first. */
  find(path: ObjectPath): CatalogueObject | undefined
  parameter(name: string): string | number | boolean | undefined
  /** The value of a session variable; an unknown one is an error. */
  variable(name: string): VariableValue
  hasVariable(name: string): boolean
  /** The id of the query `back` statements ago: -1 is the last one. */
  queryId(back: number): string | null
  formerResult(queryId: string): HostRows
  history(name: string, args: ReadonlyMap<string, string>): HostRows
  /** `TAG_REFERENCES` and its like; undefined for other names. */
  references(name: string, args: readonly string[], named: ReadonlyMap<string, string>): HostRows | undefined
  tagValue(tag: string, object: string, domain: string): string | null
  informationSchema(database: string, table: string): HostRows | undefined
  /** When the rows of a table last changed, in milliseconds. */
  changedOn(table: Table): number
  /** When a former statement began and ended; undefined when it is not known. */
  statementTime(queryId: string): { readonly start: number; readonly end: number } | undefined
  cancel(target: { readonly queryId: string } | { readonly sessionId: string }): string
}

export interface VariableValue {
  readonly type: 'text' | 'fixed' | 'real' | 'boolean' | 'other'
  readonly text: string | null
}
