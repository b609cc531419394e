import type { Cell, Column } from '../../engine.ts'
import type { Catalogue, CatalogueObject } from '../catalogue/index.ts'
import type { HostRows } from '../rewrite/index.ts'
import { fixed, LTZ, renderType, type SnowflakeType, secondsText, TEXT, toColumn } from '../types/index.ts'

const NUMBER = fixed(9, 0)

type Definition = readonly (readonly [name: string, type: SnowflakeType])[]

const TABLES: Definition = [
  ['TABLE_CATALOG', TEXT],
  ['TABLE_SCHEMA', TEXT],
  ['TABLE_NAME', TEXT],
  ['TABLE_OWNER', TEXT],
  ['TABLE_TYPE', TEXT],
  ['IS_TRANSIENT', TEXT],
  ['CREATED', LTZ],
  ['COMMENT', TEXT],
]

const COLUMNS: Definition = [
  ['TABLE_CATALOG', TEXT],
  ['TABLE_SCHEMA', TEXT],
  ['TABLE_NAME', TEXT],
  ['COLUMN_NAME', TEXT],
  ['ORDINAL_POSITION', NUMBER],
  ['COLUMN_DEFAULT', TEXT],
  ['IS_NULLABLE', TEXT],
  ['DATA_TYPE', TEXT],
  ['CHARACTER_MAXIMUM_LENGTH', NUMBER],
  ['NUMERIC_PRECISION', NUMBER],
  ['NUMERIC_SCALE', NUMBER],
  ['DATETIME_PRECISION', NUMBER],
  ['COMMENT', TEXT],
]

const VIEWS: Definition = [
  ['TABLE_CATALOG', TEXT],
  ['TABLE_SCHEMA', TEXT],
  ['TABLE_NAME', TEXT],
  ['TABLE_OWNER', TEXT],
  ['VIEW_DEFINITION', TEXT],
  ['IS_SECURE', TEXT],
  ['CREATED', LTZ],
]

/** The tables of `<database>.INFORMATION_SCHEMA`; undefined for names that are none. */
export function informationSchema(catalogue: Catalogue, database: string, table: string): HostRows | undefined {
  const { schemas, createdOn } = catalogue.database(database)
  const objects = [...catalogue.objects(database)]
  switch (table) {
    case 'TABLES':
      return rowsOf(TABLES, objects.map(tableRow))
    case 'COLUMNS':
      return rowsOf(COLUMNS, objects.flatMap(columnRows))
    case 'VIEWS':
      return rowsOf(
        VIEWS,
        objects
          .filter((object) => object.kind === 'VIEW')
          .map((view) => [
            database,
            view.schema,
            view.name,
            view.owner,
            view.text,
            yes(view.secure),
            time(view.createdOn),
          ]),
      )
    case 'SCHEMATA':
      return rowsOf(
        [
          ['CATALOG_NAME', TEXT],
          ['SCHEMA_NAME', TEXT],
          ['SCHEMA_OWNER', TEXT],
          ['CREATED', LTZ],
        ],
        [...schemas.values()].map((schema) => [database, schema.name, 'ACCOUNTADMIN', time(schema.createdOn)]),
      )
    case 'DATABASES':
      return rowsOf(
        [
          ['DATABASE_NAME', TEXT],
          ['DATABASE_OWNER', TEXT],
          ['CREATED', LTZ],
        ],
        [...catalogue.databases.values()].map((entry) => [entry.name, 'ACCOUNTADMIN', time(entry.createdOn)]),
      )
    case 'INFORMATION_SCHEMA_CATALOG_NAME':
      return rowsOf(
        [
          ['CATALOG_NAME', TEXT],
          ['CREATED', LTZ],
        ],
        [[database, time(createdOn)]],
      )
    default:
      return undefined
  }
}

function rowsOf(definition: Definition, rows: readonly (readonly Cell[])[]): HostRows {
  const columns: Column[] = definition.map(([name, type]) => toColumn(name, type, true))
  return { columns, rows }
}

function tableRow(object: CatalogueObject): Cell[] {
  const type = object.kind === 'VIEW' ? 'VIEW' : object.temporary ? 'LOCAL TEMPORARY' : 'BASE TABLE'
  const transient = object.kind === 'TABLE' && object.transient
  return [
    object.database,
    object.schema,
    object.name,
    object.owner,
    type,
    yes(transient),
    time(object.createdOn),
    object.comment,
  ]
}

function columnRows(object: CatalogueObject): Cell[][] {
  return object.columns.map((column, i) => [
    object.database,
    object.schema,
    object.name,
    column.name,
    String(i + 1),
    column.default ?? null,
    yes(column.nullable),
    dataType(column.type),
    column.type.name === 'text' ? String(column.type.length) : null,
    column.type.name === 'fixed' ? String(column.type.precision) : null,
    column.type.name === 'fixed' ? String(column.type.scale) : null,
    column.type.name.startsWith('time') ? String(column.type.scale) : null,
    column.comment ?? null,
  ])
}

/** The type's name alone, which the information schema calls TEXT and NUMBER. */
function dataType(type: SnowflakeType): string {
  return type.name === 'text' ? 'TEXT' : (renderType(type).split('(')[0] ?? '')
}

function yes(value: boolean): string {
  return value ? 'YES' : 'NO'
}

export function time(milliseconds: number): string {
  return secondsText(BigInt(milliseconds) * 1_000_000n, 9)
}
