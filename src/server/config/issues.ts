import type * as z from 'zod'
import { closest } from '../../lib/text/index.ts'
import { schemaAt, walkKeys } from './json-schema.ts'
import { type Finding, formatPath, type Path } from './problem.ts'
import { type RejectionDetails, show } from './scalar.ts'

type Issue = z.core.$ZodIssue

/** Says a schema's complaint in the words of the person who wrote the file. */
export function describeIssue(issue: Issue, root: unknown): readonly Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  const label = labelOf(path)
  if (issue.code === 'custom') {
    const { code, hint } = issue.params as unknown as RejectionDetails
    return [{ code, message: `${label} ${issue.message}`, hint, path }]
  }
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => describeUnknownKey(path, key))
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1))
    const message = `${JSON.stringify(name)} cannot be a name here`
    const hint = 'a name has up to 63 letters, digits, "_" and "-", and starts with a letter or digit'
    return [{ code: 'invalid_value', message, hint, path, atKey: true }]
  }
  if (issue.code === 'too_small') {
    return [{ code: 'invalid_value', message: `${label} must not be empty`, path }]
  }
  if (issue.code === 'invalid_type') return [describeWrongType(issue.expected, valueAt(root, path), label, path)]
  return [{ code: 'invalid_value', message: `${label} is not valid`, path }]
}

function describeWrongType(expected: string, value: unknown, label: string, path: Path): Finding {
  if (value === undefined) return { code: 'missing_key', message: `${label} is missing`, path }
  if (value === null) {
    return { code: 'wrong_type', message: `${label} has no value`, hint: 'give it one, or take the key out', path }
  }
  const form = expected === 'array' ? 'a list' : 'a mapping'
  const hint = expected === 'array' && typeof value === 'string' ? `write it as [${value}]` : undefined
  return { code: 'wrong_type', message: `${label} must be ${form}, not ${show(value)}`, hint, path }
}

function describeUnknownKey(parent: Path, key: string): Finding {
  const known = Object.keys(schemaAt(parent)?.properties ?? {})
  return {
    code: 'unknown_key',
    message: `unknown key ${JSON.stringify(key)}${parent.length === 0 ? '' : ` in ${formatPath(parent)}`}`,
    hint: hintForKey(key, known),
    path: [...parent, key],
    atKey: true,
  }
}

function hintForKey(key: string, known: readonly string[]): string {
  const near = closest(key, known)
  if (near !== undefined) return `did you mean "${near}"?`
  const elsewhere = [...walkKeys()].find(([path]) => path.split('.').at(-1) === key)?.[0]
  if (elsewhere !== undefined) return `the key belongs at ${elsewhere}`
  return `known here: ${known.join(', ')}`
}

/** `"audiences[0]"`: enough of the path to read the sentence; the whole path stands beside it. */
function labelOf(path: Path): string {
  if (path.length === 0) return 'the file'
  const start = path.findLastIndex((step) => typeof step === 'string')
  return `"${formatPath(path.slice(Math.max(0, start)))}"`
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}
