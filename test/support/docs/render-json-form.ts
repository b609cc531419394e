/** Tables of the fields of a JSON form, made from its schema in `src/api-schema/`. */
import { sharedForms, type toJsonSchema } from '../../../src/api-schema/index.ts'

type Schema = ReturnType<typeof toJsonSchema>

const HEAD = ['| field | value | meaning |', '|---|---|---|']

/** One row for each field, those of objects and lists below them. */
export function renderFields(schema: Schema): string {
  const rows = [...walk(schema, '')].map(
    ([path, child, optional]) =>
      `| \`${path}\` | ${describe(child)}${optional ? ', may be missing' : ''} | ${child.description ?? ''} |`,
  )
  return [...HEAD, ...rows].join('\n')
}

/** Forms that others refer to by name. */
export function renderSharedForms(): string {
  const isFacts = ([name]: readonly [string, Schema]): boolean => name.includes('.')
  const all = Object.entries(sharedForms())
  return [...all.filter(isFacts), ...all.filter((form) => !isFacts(form))]
    .map(([name, schema]) => {
      const meaning = schema.description === undefined ? [] : [schema.description, '']
      const fields = Object.keys(schema.properties ?? {}).length === 0 ? 'It has no fields.' : renderFields(schema)
      return [`### ${name}`, '', ...meaning, fields, ''].join('\n')
    })
    .join('\n')
}

function* walk(schema: Schema, path: string): Generator<readonly [string, Schema, boolean]> {
  const objects = alternatives(schema).filter(({ properties }) => properties !== undefined)
  const keys = new Set(objects.flatMap(({ properties = {} }) => Object.keys(properties)))
  for (const key of keys) {
    const children = objects.flatMap(({ properties = {} }) => (properties[key] === undefined ? [] : [properties[key]]))
    const child = children.length === 1 ? (children[0] as Schema) : joinForms(children as readonly Schema[])
    const at = path === '' ? key : `${path}.${key}`
    yield [at, child, objects.some(({ required = [] }) => !required.includes(key))]
    yield* walk(child, at)
  }
  for (const form of alternatives(schema)) {
    if (isSchema(form.items)) yield* walk(form.items, `${path}[]`)
    if (isSchema(form.additionalProperties)) yield* walk(form.additionalProperties, `${path}.NAME`)
  }
}

/** A field that each of several shapes has, in a form of its own. */
function joinForms(forms: readonly Schema[]): Schema {
  const description = forms.find((form) => form.description !== undefined)?.description
  return { anyOf: [...forms], ...(description === undefined ? {} : { description }) }
}

/** An object that may be null, or of several shapes, is told with the fields of all of them. */
function alternatives(schema: Schema): readonly Schema[] {
  return (schema.anyOf ?? schema.oneOf)?.map((form) => form as Schema) ?? [schema]
}

function describe(schema: Schema): string {
  const forms = alternatives(schema)
  if (forms.length > 1) return [...new Set(forms.map(describe))].join(' or ')
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice('#/$defs/'.length)
    return `[${name}](#${name.toLowerCase().replaceAll('.', '')})`
  }
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.format === 'uri') return 'URL'
  if (schema.format === 'date-time') return 'time'
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => nameOf(type)).join(' or ')
  if (schema.type === 'array') return isSchema(schema.items) ? `list: ${describe(schema.items)}` : 'list'
  return nameOf(schema.type)
}

function nameOf(type: string | undefined): string {
  return type === 'string' ? 'text' : type === undefined ? 'anything' : type
}

function isSchema(schema: unknown): schema is Schema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
}
