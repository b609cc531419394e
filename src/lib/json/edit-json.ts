import type { ByteSpan, JsonDocument, JsonValue } from './json-document.ts'
import { findValue, splitPath } from './json-document.ts'

/** `set` replaces a member's value or adds the member as its object's last; `remove` of a missing member does nothing. */
export type JsonEdit =
  | { readonly set: string; readonly value: Uint8Array }
  | { readonly remove: string }
  | { readonly span: ByteSpan; readonly value: Uint8Array }

interface Splice extends ByteSpan {
  readonly value: Uint8Array
}

/** What is to happen to one object's members. */
interface ObjectEdits {
  readonly object: JsonValue
  readonly removed: Set<string>
  readonly added: Map<string, Uint8Array>
}

const NOTHING = new Uint8Array(0)

/**
 * A copy of the document with the edits made and every other byte kept. The objects that the paths lead through must
 * have been scanned for.
 */
export function editJson(document: JsonDocument, edits: readonly JsonEdit[]): Uint8Array {
  const splices: Splice[] = []
  const objects = new Map<JsonValue, ObjectEdits>()
  for (const edit of edits) {
    if ('span' in edit) {
      splices.push({ start: edit.span.start, end: edit.span.end, value: edit.value })
      continue
    }
    const path = 'set' in edit ? edit.set : edit.remove
    const { object, name } = locate(document, path)
    const member = object.members.find((candidate) => candidate.name === name)
    const changes = objects.get(object) ?? { object, removed: new Set(), added: new Map() }
    objects.set(object, changes)
    if ('set' in edit && member !== undefined) {
      splices.push({ start: member.value.start, end: member.value.end, value: edit.value })
    } else if ('set' in edit) {
      changes.added.set(name, edit.value)
    } else if (member !== undefined) {
      changes.removed.add(name)
    }
  }
  for (const changes of objects.values()) splices.push(...memberSplices(changes))
  return applySplices(document.bytes, splices)
}

function locate(document: JsonDocument, path: string): { readonly object: JsonValue; readonly name: string } {
  const names = splitPath(path)
  const name = names.at(-1)
  const object = findValue(document, names.slice(0, -1).join('.'))
  if (name === undefined || object?.kind !== 'object') throw new TypeError(`no object was scanned for the path ${path}`)
  return { object, name }
}

function memberSplices({ object, removed, added }: ObjectEdits): readonly Splice[] {
  const { members } = object
  const splices: Splice[] = []
  const lastKept = members.findLastIndex((member) => !removed.has(member.name))
  const lastEnd = members.at(-1)?.value.end ?? object.start + 1
  members.forEach((member, index) => {
    const next = members[index + 1]
    // A member goes with the comma after it; those behind the last one kept go with the comma before.
    if (removed.has(member.name) && index < lastKept && next !== undefined) {
      splices.push({ start: member.start, end: next.start, value: NOTHING })
    }
  })
  const tailStart = members[lastKept]?.value.end ?? members[0]?.start ?? lastEnd
  if (tailStart < lastEnd) splices.push({ start: tailStart, end: lastEnd, value: NOTHING })
  if (added.size > 0) {
    const parts: Uint8Array[] = []
    for (const [name, value] of added) {
      if (lastKept >= 0 || parts.length > 0) parts.push(Buffer.from(','))
      parts.push(Buffer.from(`${JSON.stringify(name)}:`), value)
    }
    splices.push({ start: lastEnd, end: lastEnd, value: Buffer.concat(parts) })
  }
  return splices
}

function applySplices(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end)
  const parts: Uint8Array[] = []
  let position = 0
  for (const splice of ordered) {
    if (splice.start < position) throw new TypeError('edits overlap')
    parts.push(bytes.subarray(position, splice.start), splice.value)
    position = splice.end
  }
  parts.push(bytes.subarray(position))
  return Buffer.concat(parts)
}
