import type { SessionContext, StatementOptions } from '../../engine.ts'
import { SqlError } from '../../engine.ts'
import type { CatalogueObject, NameContext, ObjectPath, Table } from '../catalogue/index.ts'
import { compilationError } from '../errors.ts'
import { historyRows } from '../metadata/history.ts'
import { informationSchema } from '../metadata/information-schema.ts'
import { referenceRows, tagValue } from '../metadata/references.ts'
import type { Environment, HostRows, VariableValue } from '../rewrite/index.ts'
import type { Session } from './session.ts'

/** What one statement of a session can ask for. */
export class StatementEnvironment implements Environment {
  readonly #session: Session
  readonly #options: StatementOptions
  readonly names: NameContext
  readonly now: Date

  constructor(session: Session, options: StatementOptions, names: NameContext = session.context, now = new Date()) {
    this.#session = session
    this.#options = options
    this.names = names
    this.now = now
  }

  within(names: NameContext): Environment {
    return new StatementEnvironment(this.#session, this.#options, names, this.now)
  }

  get catalogue() {
    return this.#session.warehouse.catalogue
  }

  get context(): Readonly<SessionContext> {
    return this.#session.context
  }

  get user(): string {
    return this.#session.user
  }

  get account(): string {
    return this.#session.warehouse.account
  }

  get sessionId(): string {
    return this.#session.sessionId
  }

  get roles(): readonly string[] {
    return this.#session.roles
  }

  get bindings() {
    return this.#options.bindings
  }

  find(path: ObjectPath): CatalogueObject | undefined {
    return this.#session.find(path)
  }

  parameter(name: string): string | number | boolean | undefined {
    return this.#options.parameters[name] ?? this.#session.parameters.get(name)
  }

  hasVariable(name: string): boolean {
    return this.#session.variables.has(name)
  }

  variable(name: string): VariableValue {
    const value = this.#session.variables.get(name)
    if (!value) throw compilationError('002211', '02000', `Session variable '$${name}' does not exist`)
    return value
  }

  queryId(back: number): string | null {
    const ids = this.#session.queryIds
    return ids.at(back < 0 ? back : back - 1) ?? null
  }

  formerResult(queryId: string): HostRows {
    const result = this.#session.host.formerResult(queryId, this.#session.user)
    if (result) return result
    throw new SqlError('000709', '02000', `Statement ${queryId} not found`)
  }

  history(name: string, args: ReadonlyMap<string, string>): HostRows {
    return historyRows(this.#session, name, args)
  }

  references(name: string, args: readonly string[], named: ReadonlyMap<string, string>): HostRows | undefined {
    return referenceRows(this.catalogue, this.names, name, args, named)
  }

  tagValue(tag: string, object: string, domain: string): string | null {
    return tagValue(this.catalogue, this.names, tag, object, domain)
  }

  informationSchema(database: string, table: string): HostRows | undefined {
    return informationSchema(this.catalogue, this, database, table)
  }

  changedOn(table: Table): number {
    return this.#session.warehouse.changedOn(table)
  }

  statementTime(queryId: string): { readonly start: number; readonly end: number } | undefined {
    for (const entry of this.#session.host.history())
      if (entry.queryId === queryId) return { start: entry.startTime, end: entry.endTime ?? this.now.getTime() }
    return undefined
  }

  cancel(target: { readonly queryId: string } | { readonly sessionId: string }): string {
    return this.#session.host.cancel(target)
  }
}
