/** Puts a configuration of the user's over the demo's own: what `icecore demo --config FILE` does. */
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { parseSecretReference } from '../src/adapters/secrets/index.ts'
import { type Problem, readDocument } from '../src/server/config/index.ts'
import { DEMO_CONNECTION, DEMO_ISSUER } from './demo-config.ts'
import { DemoProblem } from './demo-problem.ts'

type Tree = Readonly<Record<string, unknown>>

/** What keeps the user's file from being read at all. */
export class UnreadableConfig extends Error {
  override readonly name = 'UnreadableConfig'
  readonly file: string
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    super(`${file} cannot be read`)
    this.file = file
    this.problems = problems
  }
}

export interface MergedConfig {
  readonly text: string
  /** Keys of the user's file that were left out, because the demo cannot run without its own. */
  readonly keptOwn: readonly string[]
}

/** What the demo made for this run: a file written for another gateway would only break it. */
const OWN: readonly (readonly string[])[] = [
  ['version'],
  ['data'],
  ['recording', 'key'],
  ['listen'],
  ...['issuer', 'audiences'].map((key) => ['issuers', DEMO_ISSUER, key]),
  ...['url', 'account', 'user', 'credential'].map((key) => ['connections', DEMO_CONNECTION, key]),
]

/**
 * Mappings are joined key by key, so that an entry is added to or changed by its name; access rules are told apart by
 * their `name`; every other list, and every value, takes the place of the demo's. An issuer without an `issuer` is at
 * the demo's identity provider, and a connection without a `url` at its warehouse. Throws an UnreadableConfig for what is no YAML, and a
 * DemoProblem for what is no mapping.
 */
export function mergeConfig(
  ownText: string,
  { file, text }: { readonly file: string; readonly text: string },
): MergedConfig {
  const given = readTree(text, file)
  const document = parseDocument(ownText)
  const own = document.toJS() as Tree
  const over = withoutOwn(absolutePaths(given, dirname(resolve(file))) as Tree, own)
  const merged = {
    ...(join(own, over) as Tree),
    access: joinRules(own.access, over.access),
    issuers: placeEntries(own.issuers, over.issuers, DEMO_ISSUER, 'issuer', ['issuer']),
    connections: placeEntries(own.connections, over.connections, DEMO_CONNECTION, 'url', [
      'url',
      'account',
      'user',
      'credential',
    ]),
  }
  for (const [key, value] of Object.entries(merged))
    document.set(key, document.createNode(value, { aliasDuplicateObjects: false }))
  const keptOwn = OWN.filter((path) => differs(path, given, own)).map((path) => path.join('.'))
  return { text: document.toString(), keptOwn }
}

function readTree(text: string, file: string): Tree {
  const { document, problems } = readDocument(file, text)
  if (document === null || problems.length > 0) throw new UnreadableConfig(file, problems)
  const value = document.value ?? {}
  if (!isTree(value)) throw new DemoProblem(`${file} is not a mapping`)
  return value
}

function join(own: unknown, over: unknown): unknown {
  if (!isTree(own) || !isTree(over)) return over === undefined ? own : over
  const keys = new Set([...Object.keys(own), ...Object.keys(over)])
  return Object.fromEntries([...keys].map((key) => [key, join(own[key], over[key])]))
}

/** A rule of the same name takes the place of the demo's; others come after it. */
function joinRules(own: unknown, over: unknown): unknown {
  if (!Array.isArray(own) || !Array.isArray(over)) return over === undefined ? own : over
  const named = new Map(over.map((rule: unknown) => [nameOf(rule), rule]))
  const kept = own.filter((rule) => !named.has(nameOf(rule)))
  return [...kept, ...(over as unknown[])]
}

function nameOf(rule: unknown): unknown {
  return isTree(rule) ? rule.name : undefined
}

/** Entries that do not say where they are get the place of the demo's entry. */
function placeEntries(own: unknown, over: unknown, name: string, sign: string, keys: readonly string[]): unknown {
  const merged = join(own, over)
  if (!isTree(merged) || !isTree(own)) return merged
  const source = own[name] as Tree
  const place = Object.fromEntries(keys.map((key) => [key, source[key]]))
  return Object.fromEntries(
    Object.entries(merged).map(([key, entry]) => [
      key,
      isTree(entry) && entry[sign] === undefined ? { ...place, ...entry } : entry,
    ]),
  )
}

function withoutOwn(given: Tree, own: Tree): Tree {
  return OWN.reduce((tree, path) => (valueAt(path, own) === undefined ? tree : without(tree, path)), given)
}

function without(tree: Tree, [key = '', ...rest]: readonly string[]): Tree {
  const { [key]: value, ...others } = tree
  if (value === undefined) return tree
  if (rest.length === 0) return others
  return isTree(value) ? { ...others, [key]: without(value, rest) } : tree
}

function differs(path: readonly string[], given: Tree, own: Tree): boolean {
  const value = valueAt(path, given)
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(valueAt(path, own))
}

function valueAt(path: readonly string[], tree: unknown): unknown {
  return path.reduce<unknown>((value, key) => (isTree(value) ? value[key] : undefined), tree)
}

/** Relative paths count from the user's file, and the merged one lies elsewhere. */
function absolutePaths(value: unknown, folder: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => absolutePaths(item, folder))
  if (isTree(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, absolutePaths(child, folder, name)]))
  }
  if (typeof value !== 'string') return value
  if (key === 'ca_file') return resolve(folder, value)
  const secret = parseSecretReference(value)
  return secret?.source === 'file' ? `\${file:${resolve(folder, secret.argument)}}` : value
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
