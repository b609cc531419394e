import { mangle, quoteText } from '../text/index.ts'
import { type Field, renderType, type SnowflakeType, toDuckType } from '../types/index.ts'

/** Writes the conversion of a variant, which the text stands for, to a type without members. */
export type ConvertScalar = (variant: string, to: SnowflakeType) => string

/** An OBJECT, ARRAY or MAP whose members have types. */
type StructuredType = SnowflakeType & { readonly fields: readonly Field[] }

export function isStructured(type: SnowflakeType | undefined): type is StructuredType {
  return type?.fields !== undefined && type.name !== 'vector'
}

/**
 * DuckDB's SQL that gives a variant the structure of a type, member by member: DuckDB's own cast knows neither our names
 * of members nor our types.
 */
export function toStructured(variant: string, to: StructuredType, convertScalar: ConvertScalar): string {
  const { fields } = to
  const member = (json: string, { type, notNull }: Field): string => {
    const value = isStructured(type)
      ? toStructured(json, type, convertScalar)
      : `CAST(${type.name === 'variant' ? json : convertScalar(json, type)} AS ${toDuckType(type)})`
    return notNull ? `COALESCE(${value}, ${failure(quoteText('NULL'), to)})` : value
  }
  if (to.name === 'object') {
    const names = fields.map(({ name }) => quoteText(name)).join(', ')
    const members = fields.map((field) => member(`json_extract(j, ${quoteText(jsonPointer(field.name))})`, field))
    const hasNames = `len(json_keys(j)) = ${fields.length} AND list_has_all(json_keys(j), [${names}])`
    return checked(variant, to, `json_type(j) = 'OBJECT' AND ${hasNames}`, `row(${members.join(', ')})`)
  }
  const [first, second] = fields
  if (first && second) {
    const pair = `struct_pack(k := ${member('to_json(e.key)', first)}, v := ${member('e.value', second)})`
    const pairs = `list_transform(map_entries(CAST(j AS MAP(VARCHAR, JSON))), lambda e: ${pair})`
    return checked(variant, to, `json_type(j) = 'OBJECT'`, `map_from_entries(${pairs})`)
  }
  const items = first ? `list_transform(CAST(j AS JSON[]), lambda e: ${member('e', first)})` : 'CAST(j AS JSON[])'
  return checked(variant, to, `json_type(j) = 'ARRAY'`, items)
}

/** A lambda over one element names the variant `j`, so that its text stands there once. */
function checked(variant: string, to: SnowflakeType, test: string, value: string): string {
  const type = toDuckType(to)
  const cases = `WHEN j IS NULL OR json_type(j) = 'NULL' THEN NULL WHEN ${test} THEN CAST(${value} AS ${type})`
  return `list_transform([${variant}], lambda j: CASE ${cases} ELSE ${failure('j', to)} END)[1]`
}

/** `value` is a text of DuckDB's SQL. */
function failure(value: string, to: SnowflakeType): string {
  return `SFX_FAIL('100071 22000', 'Failed to cast variant value ' || ${value} || ${quoteText(` to ${renderType(to)}`)})`
}

/** RFC 6901. */
function jsonPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The JSON of a structured value, with the names of its members as Snowflake has them. */
export function toSemiStructured(value: string, from: SnowflakeType): string {
  if (!isStructured(from))
    return TEXT_IN_JSON.test(from.name) ? `to_json(SF_TO_VARCHAR(${value}))` : `to_json(${value})`
  const [first, second] = from.fields
  if (from.name === 'object') {
    const members = from.fields.map(
      ({ name, type }) => `${quoteText(name)}, ${toSemiStructured(`s[${quoteText(mangle(name))}]`, type)}`,
    )
    const json = `CASE WHEN s IS NULL THEN NULL ELSE json_object(${members.join(', ')}) END`
    return `list_transform([${value}], lambda s: ${json})[1]`
  }
  if (first && second) {
    const pair = `struct_pack(k := CAST(e.key AS VARCHAR), v := ${toSemiStructured('e.value', second.type)})`
    return `to_json(map_from_entries(list_transform(map_entries(${value}), lambda e: ${pair})))`
  }
  return first
    ? `to_json(list_transform(${value}, lambda e: ${toSemiStructured('e', first.type)}))`
    : `to_json(${value})`
}

const TEXT_IN_JSON = /^(?:timestamp|date|time|binary|decfloat)/
