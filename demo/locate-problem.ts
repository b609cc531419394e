/** Where a problem of the joined configuration stands in the file that the user wrote. */
import { type Problem, readDocument } from '../src/server/config/index.ts'

export interface ConfigSource {
  /** Absolute. */
  readonly file: string
  readonly text: string
}

type Path = readonly (string | number)[]

/**
 * The problem with its place in the user's file, where what it is about stands there; else as it is. Nobody can put right
 * a line of a file that the demo writes.
 */
export function locateProblem(problem: Problem, joined: ConfigSource, users: ConfigSource): Problem {
  const whole = readDocument(joined.file, joined.text).document
  const own = readDocument(users.file, users.text).document
  if (whole === null || own === null) return problem
  const path = readPath(problem.at.path)
  const there = moveRule(path, whole.value, own.value)
  if (there === null) return problem
  // What is missing in an entry is reported at the entry, but nothing is missing at the top: the demo has it all.
  const isUsers = has(own.value, there) || (there.length > 1 && has(own.value, there.slice(0, -1)))
  if (!isUsers) return problem
  const key = whole.locate(path, true)
  const atKey = key.line === problem.at.line && key.column === problem.at.column
  return { ...problem, at: { ...problem.at, file: users.file, ...own.locate(there, atKey) } }
}

/** The steps of `access[0].when["a b"]`. */
function readPath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([\w-]+)/g)].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? (name ?? '') : (JSON.parse(quoted) as string)
  })
}

/** The user's access rules come after those of the demo that are left. Null for one of the demo's. */
function moveRule(path: Path, whole: unknown, own: unknown): Path | null {
  const [top, index, ...rest] = path
  if (top !== 'access' || typeof index !== 'number') return path
  const [all, users] = [whole, own].map((value) => valueAt(value, ['access']))
  if (!Array.isArray(all) || !Array.isArray(users)) return null
  const moved = index - (all.length - users.length)
  return moved < 0 ? null : ['access', moved, ...rest]
}

function has(value: unknown, path: Path): boolean {
  return valueAt(value, path) !== undefined
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  )
}
