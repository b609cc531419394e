/** What is another in one configuration than in the one before: told by paths, without secrets. */
import { formatPath, type Path } from './problem.ts'
import type { Config } from './schema.ts'

export interface Difference {
  readonly path: string
  /** As JSON, cut where it is long; null where there is none. */
  readonly from: string | null
  readonly to: string | null
  /** False when it holds from the next start only. */
  readonly live: boolean
}

/** Sections that hold as soon as the configuration is read again. A section that is added must be put here. */
const LIVE: Readonly<Record<keyof Config, boolean>> = {
  version: false,
  data: false,
  listen: false,
  public_url: true,
  trusted_proxies: true,
  forwarded_header: true,
  issuers: true,
  connections: true,
  people: true,
  agents: true,
  access: true,
  recording: false,
  sessions: true,
  statements: true,
  limits: true,
  log: true,
}

/** Values that are references to secrets: a command that gives one may hold what nobody should read. */
const REFERENCES: ReadonlySet<string | number> = new Set(['key', 'private_key', 'passphrase'])
const HIDDEN = '"[reference]"'
const MOST_CHARACTERS = 200

export function compareConfigs(before: Config, after: Config): readonly Difference[] {
  const [from, to] = [flatten(before), flatten(after)]
  const paths = [...new Set([...from.keys(), ...to.keys()])]
  return paths.flatMap((path) => {
    const [one, other] = [from.get(path), to.get(path)]
    if (one?.json === other?.json) return []
    const section = (one ?? other)?.path[0] as keyof Config
    return [{ path, from: show(one), to: show(other), live: LIVE[section] }]
  })
}

/** The configuration as it holds after it was read again: what cannot change in a running process stays. */
export function keepFixed(before: Config, after: Config): Config {
  const fixed = Object.entries(before).filter(([section]) => !LIVE[section as keyof Config])
  return { ...after, ...Object.fromEntries(fixed) }
}

interface Leaf {
  readonly path: Path
  readonly json: string
}

function flatten(config: Config): ReadonlyMap<string, Leaf> {
  return new Map([...leaves(config, [])].map((leaf) => [formatPath(leaf.path), leaf]))
}

function* leaves(value: unknown, path: Path): Generator<Leaf> {
  if (value === undefined) return
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = isObject ? Object.entries(value) : []
  // Rules and listeners are compared one by one; other lists are short and told whole.
  if (path[0] === 'listen' && Array.isArray(value) && value.length === 1) {
    yield* leaves(value[0], path)
  } else if (Array.isArray(value) && (path[0] === 'listen' || (path.length === 1 && path[0] === 'access'))) {
    for (const [index, item] of value.entries()) yield* leaves(item, [...path, index])
  } else if (entries.length > 0) {
    for (const [key, child] of entries) yield* leaves(child, [...path, key])
  } else yield { path, json: JSON.stringify(value) }
}

function show(leaf: Leaf | undefined): string | null {
  if (leaf === undefined) return null
  if (REFERENCES.has(leaf.path.at(-1) ?? '')) return HIDDEN
  return leaf.json.length > MOST_CHARACTERS ? `${leaf.json.slice(0, MOST_CHARACTERS)}…` : leaf.json
}
