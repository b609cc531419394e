import type { SnowflakeType } from '../types/index.ts'

/** An object that is no table or view: known by kind and name, and shown to who asks. */
export interface NamedObject {
  /** In Snowflake's words: `SEQUENCE`, `FILE FORMAT`, `MASKING POLICY`. */
  readonly kind: string
  /** Empty for objects of the account. */
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly createdOn: number
  readonly owner: string
  readonly comment: string
  /** The statement that created it. */
  readonly text: string
  /** What tells objects of one name apart: the argument types of a routine. */
  readonly signature?: string
  readonly sequence?: SequenceDefinition
  readonly routine?: RoutineDefinition
  readonly policy?: PolicyDefinition
  readonly allowedValues?: readonly string[]
}

export interface SequenceDefinition {
  /** Its name inside DuckDB. */
  readonly duckName: string
  readonly start: number
  readonly increment: number
}

export interface Parameter {
  readonly name: string
  readonly type: SnowflakeType
  /** Snowflake SQL of the value that a missing argument takes. */
  readonly default?: string
}

export interface RoutineDefinition {
  readonly parameters: readonly Parameter[]
  /** Of a table function or procedure: its columns; empty where `TABLE()` leaves them open. */
  readonly returns: SnowflakeType | readonly Parameter[]
  readonly language: string
  /** Whether a procedure looks names up in its own schema: not so with EXECUTE AS CALLER. */
  readonly isOwners: boolean
  readonly body: string
}

export interface PolicyDefinition {
  readonly parameters: readonly Parameter[]
  readonly returns: string
  readonly body: string
}

export interface NamedPath {
  readonly database: string
  readonly schema: string
  readonly name: string
}

/** The account's sequences, routines, tags, policies, stages and their like. */
export class NamedObjects {
  readonly #objects = new Map<string, NamedObject>()

  /** False when the name is taken, and is not to be replaced. */
  add(object: NamedObject, replace: boolean): boolean {
    const key = keyOf(object.kind, object, object.signature)
    if (this.#objects.has(key) && !replace) return false
    this.#objects.set(key, object)
    return true
  }

  find(kind: string, path: NamedPath, signature?: string): NamedObject | undefined {
    return this.#objects.get(keyOf(kind, path, signature))
  }

  /** Overloads of a routine. */
  overloads(kind: string, path: NamedPath): NamedObject[] {
    return this.list(kind).filter(
      ({ database, schema, name }) => database === path.database && schema === path.schema && name === path.name,
    )
  }

  remove(object: NamedObject): void {
    this.#objects.delete(keyOf(object.kind, object, object.signature))
  }

  list(kind?: string): NamedObject[] {
    return [...this.#objects.values()].filter((object) => kind === undefined || object.kind === kind)
  }

  /** Takes away all of a schema, and gives them for the case that it comes back. */
  removeSchema(database: string, schema: string): NamedObject[] {
    const removed = this.list().filter((object) => object.database === database && object.schema === schema)
    for (const object of removed) this.remove(object)
    return removed
  }
}

function keyOf(kind: string, path: NamedPath, signature = ''): string {
  return JSON.stringify([kind, path.database, path.schema, path.name, signature])
}
