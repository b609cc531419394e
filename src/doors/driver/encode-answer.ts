/**
 * The upstream's answer as the driver gets it: the same bytes, but for what would lead past Icecore. Everything that is
 * not named here survives as it came, 64-bit numbers and unknown members too.
 */
import type { ClientProfile, QueryAnswer } from '../../core/wire/index.ts'
import { type AnswerEncoder, CHUNK_KEY_HEADER, type LinkSet } from '../../gate/index.ts'
import { editJson, type JsonEdit } from '../../lib/json/index.ts'
import type { ParameterLists } from './parameter-lists.ts'

export function createAnswerEncoder(profile: ClientProfile, publicUrl: string, lists: ParameterLists): AnswerEncoder {
  return {
    encode(answer, links) {
      // An error or a bare acknowledgement may have no `data` to edit.
      if (answer.spans.data?.kind !== 'object') return answer.document.bytes
      return editJson(answer.document, [
        ...parameterEdits(answer, profile, lists),
        ...chunkEdits(answer, links, publicUrl),
      ])
    },
  }
}

/** Drivers update what they know of the session from every answer, so the list must hold what it held at log-in. */
function parameterEdits(answer: QueryAnswer, profile: ClientProfile, lists: ParameterLists): readonly JsonEdit[] {
  const { parameters } = answer.spans
  if (parameters === undefined) return []
  return [{ set: 'data.parameters', value: lists.encode(answer, parameters, profile) }]
}

/** Links to Icecore in place of links to storage, and none of the keys that storage wants. */
function chunkEdits(answer: QueryAnswer, links: LinkSet | null, publicUrl: string): readonly JsonEdit[] {
  const withoutKeys: readonly JsonEdit[] = [{ remove: 'data.qrmk' }, { remove: 'data.chunkHeaders' }]
  if (links === null) return withoutKeys
  const chunks = answer.chunks.map((chunk, index) => ({
    url: `${publicUrl}/chunks/${links.token}/${index}`,
    rowCount: chunk.rowCount,
    // Python and JDBC fail on a chunk without its sizes (driver-protocol.md#required-members).
    uncompressedSize: chunk.uncompressedSize ?? 0,
    compressedSize: chunk.compressedSize ?? 0,
  }))
  const set: JsonEdit = { set: 'data.chunks', value: json(chunks) }
  if (links.key === null) return [...withoutKeys, set]
  return [{ remove: 'data.qrmk' }, { set: 'data.chunkHeaders', value: json({ [CHUNK_KEY_HEADER]: links.key }) }, set]
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
