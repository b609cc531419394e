/** docs/reference/configuration.md, made from the schema that a config is checked by. `npm run docs` writes it. */
import { configJsonSchema } from '../../../src/server/config/index.ts'

type Schema = typeof configJsonSchema

const HEAD = `# Configuration

Icecore reads one YAML file: the one named by \`--config\`, else by \`ICECORE_CONFIG\`, else \`./icecore.yaml\`. It is
checked as a whole before anything starts, and every problem is reported at once with its line, its column and what to do.
\`icecore config check\` does the same without starting; \`icecore config schema\` prints the JSON Schema for editors.

- A key that is not in this list is an error, and so is a key that stands twice. Aliases and tags of YAML are not read.
- Durations are written \`500ms\`, \`30s\`, \`5m\`, \`24h\` or \`7d\`, or as a number of seconds.
- Sizes are written \`256KiB\`, \`16MiB\` or \`1GiB\`, or as a number of bytes.
- Secrets are never written out. They are references: \`\${file:PATH}\`, \`\${env:NAME}\` or \`\${exec:COMMAND ARG}\`; a command is
  run without a shell. No other value may be a reference.
- Relative paths count from the file.
- Identifiers of Snowflake (roles, warehouses, databases, schemas, users) are written as in SQL: without double quotes they are
  folded to upper case.
- \`NAME\` stands for a name of your choice: up to 63 letters, digits, \`_\` and \`-\`, beginning with a letter or digit. \`[]\`
  stands for the items of a list.

A short example is \`examples/icecore.yaml\`; \`icecore init\` writes one to start from.

This file is made from the schema in \`src/server/config/\` by \`npm run docs\`.
`

const PROBLEMS = `## Problems

\`icecore config check\` prints them for people, and with \`--json\` for programs. Warnings keep nothing from starting.

| code | means |
|---|---|
| \`unreadable\` | there is no such file, or it cannot be read |
| \`yaml_syntax\` | the file is no single YAML document |
| \`duplicate_key\` | a key stands twice in one mapping |
| \`alias\` | an alias of YAML: write the value out |
| \`unknown_key\` | a key that Icecore does not know, with the key that was probably meant |
| \`missing_key\` | a key that must be there is not |
| \`wrong_type\` | a list for a mapping, a number for a text, a key without a value |
| \`invalid_value\` | a value that is out of range or of another form |
| \`literal_secret\` | a secret that is written out |
| \`insecure_url\` | plain http beyond this machine |
| \`not_loopback\` | a listener beyond this machine without TLS: tokens would cross the network in clear |
| \`unknown_reference\` | a name that no entry has |
| \`never_matches\` | a condition that no token can fulfil |
| \`matches_all\` | a condition that every token fulfils, or more than it seems |
| \`overlap\` | two entries that claim the same |
| \`expired\` | warning: an agent that cannot log in any more |
| \`powerful_role\` | warning: a role that can read or grant nearly everything |
`

export function renderConfiguration(): string {
  const sections = Object.entries(configJsonSchema.properties ?? {}).map(([key, schema]) => {
    const rows = [...walk(schema, key)].map(([path, child, required]) => renderRow(path, child, required))
    const own = rows.length === 0 ? [renderRow(key, schema, isRequired(configJsonSchema, key))] : rows
    const head = ['| key | value | default | meaning |', '|---|---|---|---|']
    const meaning = rows.length === 0 ? [] : [schema.description ?? '', '']
    return [`## ${key}`, '', ...meaning, ...head, ...own, ''].join('\n')
  })
  return [HEAD, ...sections, PROBLEMS].join('\n')
}

/** Every key below, with its path from the top of the file. */
function* walk(schema: Schema, path: string): Generator<readonly [string, Schema, boolean]> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const below = [...walk(child, `${path}.${key}`)]
    if (below.length === 0 || child.items !== undefined) {
      yield [`${path}.${key}`, child, isRequired(schema, key)]
    }
    yield* below
  }
  if (hasKeys(schema.additionalProperties)) yield* walk(schema.additionalProperties, `${path}.NAME`)
  // One mapping or a list of such: the keys stand above already.
  if (hasKeys(schema.items) && schema.properties === undefined) yield* walk(schema.items, `${path}[]`)
}

function hasKeys(schema: Schema['additionalProperties']): schema is Schema {
  return typeof schema === 'object' && schema.properties !== undefined
}

function isRequired(schema: Schema, key: string): boolean {
  return schema.required?.includes(key) ?? false
}

function renderRow(path: string, schema: Schema, required: boolean): string {
  const normal = schema.default === undefined ? (required ? 'required' : '') : code(inFlow(schema.default))
  return `| \`${path}\` | ${describeValue(schema)} | ${normal} | ${cell(schema.description ?? '')} |`
}

/** What may stand there, in words. */
function describeValue(schema: Schema): string {
  if (schema.const !== undefined) return code(String(schema.const))
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ')
  if (schema.pattern?.includes('(ms|s|m|h|d)')) return `duration, ${describeBounds(schema)}`
  if (schema.pattern?.includes('KiB')) return `size, ${describeBounds(schema)}`
  if (schema.pattern?.includes('env')) return 'secret reference'
  if (schema.format === 'uri') return 'URL'
  if (schema.minimum !== undefined) return `${count(schema.minimum)} to ${count(schema.maximum ?? 0)}`
  if (schema.items !== undefined && schema.properties !== undefined) return 'mapping, or list of mappings'
  if (schema.items !== undefined)
    return hasKeys(schema.items) ? 'list of mappings' : `list: ${describeValue(schema.items)}`
  if (typeof schema.type === 'object') return schema.type.includes('array') ? 'value or list' : schema.type.join(' or ')
  if (schema.type === 'object') return 'mapping'
  return schema.type === 'string' ? 'text' : (schema.type ?? '')
}

function describeBounds(schema: Schema): string {
  return `${code(schema['x-least'] ?? '')} to ${code(schema['x-most'] ?? '')}`
}

function inFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function code(text: string): string {
  return `\`${text}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function count(value: number): string {
  return value.toLocaleString('en')
}
