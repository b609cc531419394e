import { SqlError } from '../../engine.ts'
import { alreadyExists, objectNotFound, operationNotPossible } from '../errors.ts'
import { display } from '../text/index.ts'
import type { SnowflakeType } from '../types/index.ts'
import { Assignments } from './assignments.ts'
import { type Dropped, DroppedObjects } from './dropped.ts'
import type { Key } from './keys.ts'
import { NamedObjects } from './named-objects.ts'

export interface CatalogueColumn {
  readonly name: string
  readonly type: SnowflakeType
  readonly nullable: boolean
  /** Snowflake SQL of the default. */
  readonly default?: string
  readonly comment?: string
  readonly identity?: boolean
}

interface Relation {
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly columns: readonly CatalogueColumn[]
  readonly comment: string
  readonly createdOn: number
  readonly owner: string
}

export interface Table extends Relation {
  readonly kind: 'TABLE'
  readonly temporary: boolean
  readonly transient: boolean
  /** The table's quoted name inside DuckDB. */
  readonly duckTable: string
  readonly keys: readonly Key[]
}

/** Kept as Snowflake SQL, and put in the place of its name in each query: DuckDB knows no views. */
export interface View extends Relation {
  readonly kind: 'VIEW'
  readonly query: string
  readonly text: string
  readonly secure: boolean
}

export type CatalogueObject = Table | View

export interface Schema {
  readonly name: string
  readonly createdOn: number
  readonly objects: Map<string, CatalogueObject>
}

export interface Database {
  readonly name: string
  readonly createdOn: number
  readonly schemas: Map<string, Schema>
}

/** Where the unqualified names of a statement are looked up. */
export interface NameContext {
  readonly database: string | null
  readonly schema: string | null
}

export interface ObjectPath {
  readonly database: string
  readonly schema: string
  readonly name: string
}

/** Databases, schemas, tables and views by their exact names, and what else an account holds by name. */
export class Catalogue {
  readonly databases = new Map<string, Database>()
  readonly named = new NamedObjects()
  readonly assignments = new Assignments()
  readonly dropped = new DroppedObjects()
  readonly warehouses = new Map<string, { readonly name: string; readonly createdOn: number; readonly size: string }>()
  readonly roles = new Set<string>(['ACCOUNTADMIN', 'SECURITYADMIN', 'SYSADMIN', 'USERADMIN', 'PUBLIC'])

  createDatabase(name: string, createdOn: number): Database {
    const database: Database = { name, createdOn, schemas: new Map() }
    this.databases.set(name, database)
    this.createSchema(name, 'PUBLIC', createdOn)
    return database
  }

  createSchema(database: string, name: string, createdOn: number): void {
    this.database(database).schemas.set(name, { name, createdOn, objects: new Map() })
  }

  database(name: string): Database {
    const database = this.databases.get(name)
    if (!database) throw objectNotFound('Database', display(name))
    return database
  }

  schema(database: string, name: string): Schema {
    const schema = this.database(database).schemas.get(name)
    if (!schema) throw objectNotFound('Schema', `${display(database)}.${display(name)}`)
    return schema
  }

  /** Completes a name of one to three parts; `db..t` means the schema PUBLIC. */
  path(parts: readonly string[], context: NameContext): ObjectPath {
    const [name = '', schema, database] = [...parts].reverse()
    const path = {
      database: database ?? context.database,
      schema: schema === '' ? 'PUBLIC' : (schema ?? context.schema),
      name,
    }
    if (path.database === null || path.schema === null) throw noContext(path.database === null)
    return { database: path.database, schema: path.schema, name }
  }

  find(path: ObjectPath): CatalogueObject | undefined {
    return this.databases.get(path.database)?.schemas.get(path.schema)?.objects.get(path.name)
  }

  /** Adds an object; a taken name is an error unless the old one is to be replaced. */
  add(object: CatalogueObject, replace: boolean): void {
    const { objects } = this.schema(object.database, object.schema)
    if (objects.has(object.name) && !replace) throw alreadyExists(display(object.name))
    objects.set(object.name, object)
  }

  remove(path: ObjectPath): void {
    if (!this.schema(path.database, path.schema).objects.delete(path.name)) throw operationNotPossible()
  }

  /** Takes a schema away, with all that lies in it. */
  removeSchema(database: string, name: string): Dropped {
    const schema = this.schema(database, name)
    this.database(database).schemas.delete(name)
    return { kind: 'SCHEMA', database, schema, named: this.named.removeSchema(database, name) }
  }

  removeDatabase(name: string): Dropped {
    const database = this.database(name)
    this.databases.delete(name)
    const named = [...database.schemas.keys()].flatMap((schema) => this.named.removeSchema(name, schema))
    return { kind: 'DATABASE', database, named }
  }

  /** Puts back what was dropped; a name taken meanwhile is an error. */
  restore(dropped: Dropped): void {
    if (dropped.kind === 'TABLE') {
      this.add(dropped.table, false)
      return
    }
    const isTaken =
      dropped.kind === 'SCHEMA'
        ? this.database(dropped.database).schemas.has(dropped.schema.name)
        : this.databases.has(dropped.database.name)
    if (isTaken) throw alreadyExists(display(dropped.kind === 'SCHEMA' ? dropped.schema.name : dropped.database.name))
    if (dropped.kind === 'SCHEMA') this.database(dropped.database).schemas.set(dropped.schema.name, dropped.schema)
    else this.databases.set(dropped.database.name, dropped.database)
    for (const object of dropped.named) this.named.add(object, true)
  }

  *objects(database?: string, schema?: string): Generator<CatalogueObject> {
    for (const db of this.databases.values()) {
      if (database !== undefined && db.name !== database) continue
      for (const sc of db.schemas.values()) {
        if (schema === undefined || sc.name === schema) yield* sc.objects.values()
      }
    }
  }
}

function noContext(database: boolean): SqlError {
  const [what, kind] = database ? ['database', 'DATABASE'] : ['schema', 'SCHEMA']
  return new SqlError(
    '090105',
    '22000',
    `Cannot perform SELECT. This session does not have a current ${what}. Call 'USE ${kind}', or use a qualified name.`,
  )
}
