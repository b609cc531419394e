/** Holds source files to the house: each check answers with what is wrong, as lines a reader can act on. */
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path/posix'
import { HOMES, RECURSIVE, ROOMS, type Room, TEST_PACKAGES } from './house.ts'
import { type Import, readSource, type Source } from './read-source.ts'
import { FORBIDDEN_WORDS, SAYERS } from './words.ts'

/** Files by their path from the root of the repository. */
export type Tree = ReadonlyMap<string, string>

const LINES = 500
const FACE_LINES = 40

/** Everything wrong with a tree, as `path: what`. */
export function checkHouse(tree: Tree): readonly string[] {
  const sources = [...tree].map(([path, text]) => readSource(path, text))
  const edges = sources.flatMap((source) => source.imports.map((one) => resolveImport(source, one)))
  return [
    ...edges.flatMap((edge) => checkEdge(edge, tree)),
    ...checkCycles(edges),
    ...sources.flatMap((source) => [
      ...checkShape(source),
      ...checkHomes(source),
      ...checkWords(source.path, source.text),
    ]),
  ]
}

interface Edge {
  readonly from: string
  /** A path of the tree, or the name of a package or of a module of Node. */
  readonly to: string
  readonly inTree: boolean
  readonly kind: Import['kind']
}

function resolveImport({ path }: Source, { specifier, kind }: Import): Edge {
  const inTree = specifier.startsWith('.')
  return { from: path, to: inTree ? join(dirname(path), specifier) : specifier, inTree, kind }
}

/** Tests and measurements with their helpers: never packed, and never imported by the product. */
function isTest(path: string): boolean {
  return /^(test|bench)\//.test(path) || /\.(test|testing)\.ts$|\/testing\/|\/(test|fake)-[^/]+\.ts$/.test(path)
}

function roomOf(path: string): Room | null {
  const fits = ROOMS.filter((room) => path === room.path || path.startsWith(`${room.path}/`))
  return fits.sort((a, b) => b.path.length - a.path.length)[0] ?? null
}

function checkEdge(edge: Edge, tree: Tree): readonly string[] {
  const room = roomOf(edge.from)
  if (room === null) return [`${edge.from}: stands in no room of the house`]
  return edge.inTree ? checkNeighbour(edge, room, tree) : checkPackage(edge, room)
}

function checkNeighbour({ from, to, kind }: Edge, room: Room, tree: Tree): readonly string[] {
  const problems: string[] = []
  const test = isTest(from)
  if (!test && isTest(to)) problems.push(`${from}: imports ${to}, which is test code`)
  const target = roomOf(to)
  const inside = target !== null && target.path === room.path
  if (!inside && !isSeen(to, room, test, kind)) problems.push(`${from}: ${room.path} may not see ${to}`)
  if (!isTest(to) && entersBehindFace(from, to, tree)) {
    problems.push(`${from}: imports ${to} behind its folder's index.ts`)
  }
  return problems
}

/** A test may import any face of `src/`, since it is no part of the product; emulator and product stay apart all the same. */
function isSeen(to: string, room: Room, test: boolean, kind: Import['kind']): boolean {
  const sees = [...room.sees, ...(kind === 'loaded' ? (room.loads ?? []) : [])]
  if (test) sees.push('test', 'bin', ...(room.path.startsWith('src/') ? ['src'] : []))
  return sees.some((seen) => to === seen || to.startsWith(`${seen}/`))
}

/** An import that enters a folder with a face goes through that folder's `index.ts`, or through the ports it declares. */
function entersBehindFace(from: string, to: string, tree: Tree): boolean {
  if (/\/(index|ports)\.ts$/.test(to)) return false
  for (let folder = dirname(to); folder !== '.'; folder = dirname(folder)) {
    if (from.startsWith(`${folder}/`)) return false
    if (tree.has(`${folder}/index.ts`)) return true
  }
  return false
}

const NODE_MODULES = new Set(builtinModules.map((name) => name.replace(/^node:/, '')))

function checkPackage({ from, to }: Edge, room: Room): readonly string[] {
  const test = isTest(from)
  if (to.startsWith('node:') || NODE_MODULES.has(to)) {
    const allowed = test || room.node.includes('*') || room.node.includes(to)
    return allowed ? [] : [`${from}: ${room.path} may not use ${to}`]
  }
  const name = to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/')
  const packages = [...(room.packages ?? []), ...(test ? TEST_PACKAGES : [])]
  return packages.includes(name) ? [] : [`${from}: ${room.path} may not use the package ${name}`]
}

/** Circles of what is loaded at once: a type that points back is erased, and what is loaded later finds its loader there. */
function checkCycles(edges: readonly Edge[]): readonly string[] {
  const next = new Map<string, string[]>()
  for (const { from, to, inTree, kind } of edges) {
    const recursive = RECURSIVE.some((folder) => from.startsWith(`${folder}/`) && to.startsWith(`${folder}/`))
    if (inTree && kind === 'static' && !recursive) next.set(from, [...(next.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const problems: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) problems.push(`${path}: imports itself by way of ${[...trail.slice(at + 1), path].join(' → ')}`)
    if (at >= 0 || done.has(path)) return
    for (const to of next.get(path) ?? []) visit(to, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return problems
}

function checkShape({ path, text }: Source): readonly string[] {
  const problems: string[] = []
  const lines = text.trimEnd().split('\n').length
  if (lines > LINES) problems.push(`${path}: has ${lines} lines, more than ${LINES}`)
  if (path.endsWith('/index.ts') && lines > FACE_LINES) {
    problems.push(`${path}: a face of ${lines} lines, more than ${FACE_LINES}`)
  }
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*(\.(test|testing))?\.[jt]s$/.test(path)) problems.push(`${path}: is not kebab-case`)
  return problems
}

function checkHomes({ path, tokens }: Source): readonly string[] {
  if (!path.startsWith('src/') || isTest(path)) return []
  const code = ` ${tokens.map(({ text }) => text).join(' ')} `
  return HOMES.filter((home) => !home.in.some((place) => path === place || path.startsWith(`${place}/`))).flatMap(
    ({ what, words }) =>
      words
        .filter((word) => code.includes(` ${word.replaceAll(/([.(])/g, ' $1 ').trim()} `))
        .map((word) => `${path}: ${word} is used outside the home of ${what}`),
  )
}

/** Words that no file says, documents included. */
export function checkWords(path: string, text: string): readonly string[] {
  if (SAYERS.includes(path)) return []
  return FORBIDDEN_WORDS.flatMap(({ pattern, why }) => {
    const match = pattern.exec(text)
    return match === null ? [] : [`${path}: says "${match[0].trim()}": ${why}`]
  })
}
