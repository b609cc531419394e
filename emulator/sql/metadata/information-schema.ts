import type { Cell } from '../../engine.ts'
import type {
  Catalogue,
  CatalogueColumn,
  CatalogueObject,
  Database,
  Key,
  NamedObject,
  Table,
} from '../catalogue/index.ts'
import type { HostRows } from '../rewrite/index.ts'
import { renderType, type SnowflakeType } from '../types/index.ts'
import {
  type InformationSchemaTable,
  informationSchemaColumns,
  isInformationSchemaTable,
} from './information-schema-tables.ts'
import { type Row, time } from './rows.ts'

/** Who asks, as far as the answer depends on it. */
interface Asker {
  readonly user: string
  readonly roles: readonly string[]
}

/** The tables of `<database>.INFORMATION_SCHEMA`; undefined for names that are none. */
export function informationSchema(
  catalogue: Catalogue,
  asker: Asker,
  database: string,
  table: string,
): HostRows | undefined {
  if (!isInformationSchemaTable(table)) return undefined
  const columns = informationSchemaColumns(table)
  const rows = LISTERS[table]({ catalogue, asker, database: catalogue.database(database) })
  return { columns, rows: rows.map((row) => columns.map(({ name }): Cell => row[name] ?? null)) }
}

interface Account {
  readonly catalogue: Catalogue
  readonly asker: Asker
  readonly database: Database
}

/** The emulator keeps no grants: what lists them is empty. */
const none = (): Row[] => []

const LISTERS: Readonly<Record<InformationSchemaTable, (account: Account) => readonly Row[]>> = {
  APPLICABLE_ROLES: ({ asker: { user, roles } }) =>
    roles.map((name) => ({ GRANTEE: user, ROLE_NAME: name, IS_GRANTABLE: 'NO' })),
  COLUMNS: (account) =>
    objectsOf(account).flatMap((object) => object.columns.map((column, i) => columnRow(object, column, i))),
  DATABASES: ({ catalogue }) =>
    [...catalogue.databases.values()].map(({ name, createdOn }) => ({
      DATABASE_NAME: name,
      DATABASE_OWNER: 'ACCOUNTADMIN',
      IS_TRANSIENT: 'NO',
      RETENTION_TIME: '1',
      TYPE: 'STANDARD',
      OWNER_ROLE_TYPE: 'ROLE',
      ...times(createdOn),
    })),
  ENABLED_ROLES: ({ asker: { roles } }) => roles.map((name) => ({ ROLE_NAME: name })),
  FILE_FORMATS: (account) =>
    namedOf(account, 'FILE FORMAT').map((object) => ({ ...namedRow('FILE_FORMAT', object), FILE_FORMAT_TYPE: 'CSV' })),
  FUNCTIONS: (account) => namedOf(account, 'FUNCTION').map(routineRow),
  INFORMATION_SCHEMA_CATALOG_NAME: ({ database }) => [{ CATALOG_NAME: database.name }],
  OBJECT_PRIVILEGES: none,
  PACKAGES: none,
  PROCEDURES: (account) => namedOf(account, 'PROCEDURE').map(routineRow),
  REFERENTIAL_CONSTRAINTS: (account) => keysOf(account).flatMap((owned) => referenceRow(account, owned)),
  SCHEMATA: ({ database }) =>
    [...database.schemas.values()].map(({ name, createdOn }) => ({
      CATALOG_NAME: database.name,
      SCHEMA_NAME: name,
      SCHEMA_OWNER: 'ACCOUNTADMIN',
      IS_TRANSIENT: 'NO',
      IS_MANAGED_ACCESS: 'NO',
      RETENTION_TIME: '1',
      OWNER_ROLE_TYPE: 'ROLE',
      ...times(createdOn),
    })),
  SEQUENCES: (account) =>
    namedOf(account, 'SEQUENCE').map((object) => ({
      ...namedRow('SEQUENCE', object),
      DATA_TYPE: 'NUMBER',
      START_VALUE: String(object.sequence?.start ?? 1),
      INCREMENT: String(object.sequence?.increment ?? 1),
      CYCLE_OPTION: 'NO',
      ORDERED: 'NO',
    })),
  STAGES: (account) =>
    namedOf(account, 'STAGE').map((object) => ({ ...namedRow('STAGE', object), STAGE_TYPE: 'Internal Named' })),
  TABLE_CONSTRAINTS: (account) =>
    keysOf(account).map(({ table, key }) => ({
      ...constraintName(table, key),
      ...placeRow(table),
      CONSTRAINT_TYPE: key.kind,
      IS_DEFERRABLE: 'NO',
      INITIALLY_DEFERRED: 'YES',
      ENFORCED: 'NO',
      RELY: 'NO',
      ...times(table.createdOn),
    })),
  TABLE_PRIVILEGES: none,
  TABLES: (account) => objectsOf(account).map(tableRow),
  USAGE_PRIVILEGES: none,
  VIEWS: (account) =>
    objectsOf(account).flatMap((view) =>
      view.kind === 'VIEW'
        ? [
            {
              ...placeRow(view),
              TABLE_OWNER: view.owner,
              VIEW_DEFINITION: view.text,
              CHECK_OPTION: 'NONE',
              IS_UPDATABLE: 'NO',
              INSERTABLE_INTO: 'NO',
              IS_SECURE: yes(view.secure),
              COMMENT: text(view.comment),
              ...times(view.createdOn),
            },
          ]
        : [],
    ),
}

function objectsOf({ catalogue, database }: Account): CatalogueObject[] {
  return [...catalogue.objects(database.name)]
}

function namedOf({ catalogue, database }: Account, kind: string): NamedObject[] {
  return catalogue.named.list(kind).filter((object) => object.database === database.name)
}

interface OwnedKey {
  readonly table: Table
  readonly key: Key
}

function keysOf(account: Account): OwnedKey[] {
  return objectsOf(account).flatMap((table) =>
    table.kind === 'TABLE' ? table.keys.map((key) => ({ table, key })) : [],
  )
}

function constraintName({ database, schema }: Table, { name }: Key): Row {
  return { CONSTRAINT_CATALOG: database, CONSTRAINT_SCHEMA: schema, CONSTRAINT_NAME: name }
}

function referenceRow({ catalogue }: Account, { table, key }: OwnedKey): Row[] {
  if (!key.references) return []
  const there = catalogue.find(key.references)
  const primary = there?.kind === 'TABLE' ? there.keys.find(({ kind }) => kind === 'PRIMARY KEY') : undefined
  return [
    {
      ...constraintName(table, key),
      UNIQUE_CONSTRAINT_CATALOG: key.references.database,
      UNIQUE_CONSTRAINT_SCHEMA: key.references.schema,
      UNIQUE_CONSTRAINT_NAME: primary?.name ?? null,
      MATCH_OPTION: 'FULL',
      UPDATE_RULE: 'NO ACTION',
      DELETE_RULE: 'NO ACTION',
      ...times(table.createdOn),
    },
  ]
}

function placeRow({ database, schema, name }: CatalogueObject): Row {
  return { TABLE_CATALOG: database, TABLE_SCHEMA: schema, TABLE_NAME: name }
}

function times(createdOn: number): Row {
  return { CREATED: time(createdOn), LAST_ALTERED: time(createdOn), LAST_DDL: time(createdOn) }
}

/** Rows and bytes stay unknown: they are counted for SHOW TABLES. */
function tableRow(object: CatalogueObject): Row {
  const isTable = object.kind === 'TABLE'
  const isTemporary = isTable && object.temporary
  return {
    ...placeRow(object),
    TABLE_OWNER: object.owner,
    TABLE_TYPE: isTable ? (isTemporary ? 'LOCAL TEMPORARY' : 'BASE TABLE') : 'VIEW',
    IS_TRANSIENT: yes(isTable && object.transient),
    RETENTION_TIME: isTable ? '1' : null,
    IS_INSERTABLE_INTO: yes(isTable),
    IS_TYPED: 'YES',
    AUTO_CLUSTERING_ON: 'NO',
    COMMENT: text(object.comment),
    IS_TEMPORARY: yes(isTemporary),
    IS_ICEBERG: 'NO',
    IS_DYNAMIC: 'NO',
    IS_IMMUTABLE: 'NO',
    IS_HYBRID: 'NO',
    ...times(object.createdOn),
  }
}

function columnRow(object: CatalogueObject, { name, type, nullable, ...column }: CatalogueColumn, index: number): Row {
  const isText = type.name === 'text'
  const isNumber = type.name === 'fixed'
  const identity: Row = column.identity
    ? {
        IDENTITY_GENERATION: 'BY DEFAULT',
        IDENTITY_START: '1',
        IDENTITY_INCREMENT: '1',
        IDENTITY_CYCLE: 'NO',
        IDENTITY_ORDERED: 'NO',
      }
    : {}
  return {
    ...placeRow(object),
    COLUMN_NAME: name,
    ORDINAL_POSITION: String(index + 1),
    COLUMN_DEFAULT: column.default ?? null,
    IS_NULLABLE: yes(nullable),
    DATA_TYPE: dataType(type),
    CHARACTER_MAXIMUM_LENGTH: isText ? String(type.length) : null,
    CHARACTER_OCTET_LENGTH: isText ? String(Math.min((type.length ?? 0) * 4, 16_777_216)) : null,
    NUMERIC_PRECISION: isNumber ? String(type.precision) : null,
    NUMERIC_PRECISION_RADIX: isNumber ? '10' : null,
    NUMERIC_SCALE: isNumber ? String(type.scale) : null,
    DATETIME_PRECISION: type.name.startsWith('time') ? String(type.scale) : null,
    DTD_IDENTIFIER: String(index + 1),
    IS_SELF_REFERENCING: 'NO',
    IS_IDENTITY: yes(column.identity === true),
    ...identity,
    COMMENT: text(column.comment ?? ''),
    DATA_TYPE_ALIAS: dataType(type),
  }
}

function namedRow(prefix: string, { database, schema, name, owner, comment, createdOn }: NamedObject): Row {
  return {
    [`${prefix}_CATALOG`]: database,
    [`${prefix}_SCHEMA`]: schema,
    [`${prefix}_NAME`]: name,
    [`${prefix}_OWNER`]: owner,
    COMMENT: text(comment),
    ...times(createdOn),
  }
}

function routineRow(object: NamedObject): Row {
  const { parameters = [], returns, language = '', body = '' } = object.routine ?? {}
  const kind = object.kind
  return {
    ...namedRow(kind, object),
    ARGUMENT_SIGNATURE: `(${parameters.map(({ name, type }) => `${name} ${dataType(type)}`).join(', ')})`,
    DATA_TYPE: returns !== undefined && 'name' in returns ? renderType(returns) : 'TABLE ()',
    [`${kind}_LANGUAGE`]: language,
    [`${kind}_DEFINITION`]: body,
    IS_SECURE: 'NO',
    IS_EXTERNAL: 'NO',
  }
}

/** The type's name alone, which the information schema calls TEXT and NUMBER. */
function dataType(type: SnowflakeType): string {
  return type.name === 'text' ? 'TEXT' : (renderType(type).split('(')[0] ?? '')
}

function yes(value: boolean): string {
  return value ? 'YES' : 'NO'
}

function text(value: string): string | null {
  return value === '' ? null : value
}
