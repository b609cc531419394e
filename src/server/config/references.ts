import { closest } from '../../lib/text/index.ts'
import type { Finding, Path } from './problem.ts'

/** Finds a name that no entry has. Says nothing when the section itself cannot be read. */
export function* checkReference(
  what: 'issuer' | 'connection' | 'person' | 'agent',
  name: string,
  entries: ReadonlyMap<string, unknown> | null,
  path: Path,
): Generator<Finding> {
  if (entries === null || entries.has(name)) return
  const near = closest(name, entries.keys())
  const known = [...entries.keys()].slice(0, 10).join(', ')
  const list = known === '' ? `this file has no ${what}` : `this file has ${known}`
  const hint = near === undefined ? list : `did you mean "${near}"?`
  yield { code: 'unknown_reference', message: `there is no ${what} "${name}"`, hint, path }
}
