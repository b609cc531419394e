import type { SnowflakeType } from '../types/index.ts'

/** A column that a relation or a query gives. */
export interface Output {
  readonly name: string
  /** Absent where the types must be asked of DuckDB. */
  readonly type?: SnowflakeType
  readonly nullable?: boolean
  readonly source?: { readonly database: string; readonly schema: string; readonly table: string }
}

/** The columns of a relation; undefined where they are not known before the query runs. */
export type Outputs = readonly Output[] | undefined

export interface ScopeRelation {
  readonly alias: string
  readonly outputs: Outputs
  /** Columns that `*` leaves out: LEVEL and its like in a hierarchical query. */
  readonly hidden?: ReadonlySet<string>
}

/** What the names in one SELECT can mean. */
export class Scope {
  readonly parent: Scope | undefined
  readonly relations: ScopeRelation[] = []
  readonly #ctes = new Map<string, Outputs>()

  constructor(parent?: Scope) {
    this.parent = parent
  }

  addCte(name: string, outputs: Outputs): void {
    this.#ctes.set(name, outputs)
  }

  /** The columns of a common table expression; undefined when none has the name. */
  cte(name: string): { readonly outputs: Outputs } | undefined {
    if (this.#ctes.has(name)) return { outputs: this.#ctes.get(name) }
    return this.parent?.cte(name)
  }

  /** A scope with the same common table expressions and no relations: what a derived table sees. */
  withoutRelations(): Scope {
    const scope = new Scope(this.parent)
    for (const [name, outputs] of this.#ctes) scope.addCte(name, outputs)
    return scope
  }

  column(name: string, table?: string): Output | undefined {
    for (const relation of this.relations) {
      if (table !== undefined && relation.alias !== table) continue
      const output = relation.outputs?.find((candidate) => candidate.name === name)
      if (output) return output
    }
    return this.parent?.column(name, table)
  }

  relation(alias: string): ScopeRelation | undefined {
    return this.relations.find((relation) => relation.alias === alias) ?? this.parent?.relation(alias)
  }

  /** The column at a position, counted from 1: `$2`, `t.$2`. */
  positional(position: number, table?: string): { readonly table: string; readonly name: string } | undefined {
    for (const relation of this.relations) {
      if (table !== undefined && relation.alias !== table) continue
      const output = relation.outputs?.[position - 1]
      if (output) return { table: relation.alias, name: output.name }
    }
    return undefined
  }

  /** The columns of `*` or `t.*`. */
  star(table?: string): Outputs {
    const relations = this.relations.filter((relation) => table === undefined || relation.alias === table)
    if (relations.some((relation) => relation.outputs === undefined)) return undefined
    return relations.flatMap(({ outputs, hidden }) => (outputs ?? []).filter(({ name }) => !hidden?.has(name)))
  }
}
