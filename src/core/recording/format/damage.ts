import { IcecoreError } from '../../../errors.ts'

/** What can be wrong with a journal. Each kind asks for another reaction of the operator. */
export type DamageKind =
  | 'unreadable'
  | 'not_a_segment'
  | 'newer_version'
  | 'header_damaged'
  | 'wrong_key'
  | 'foreign_key'
  | 'frame_damaged'
  | 'not_authentic'
  | 'chain_broken'
  | 'gap'
  | 'segment_missing'

export interface Damage {
  readonly kind: DamageKind
  /** The segment as named on disk. */
  readonly segment: string
  /** Byte offset in the segment; null where the damage has no place in it. */
  readonly offset: number | null
  /** The first log sequence number that cannot be read; null where it is not known. */
  readonly lsn: number | null
  /** One sentence without content of the record. */
  readonly text: string
}

const HINTS: Readonly<Record<DamageKind, string>> = {
  unreadable: 'Look at the disk and at the rights of the folder; where the disk is at fault, restore from a backup.',
  not_a_segment: 'Take files out of the journal folder that Icecore did not write.',
  newer_version: 'Use the Icecore version that wrote it, or a later one.',
  header_damaged: 'Restore the segment from a backup.',
  wrong_key: 'Give the key-encryption key that the journal was written with.',
  foreign_key:
    'The segment is of another journal: keep it as evidence, and restore the one in its place from a backup.',
  frame_damaged: 'Restore the segment from a backup.',
  not_authentic: 'Somebody changed the segment: keep it as evidence, and restore it from a backup.',
  chain_broken: 'A segment was replaced: keep the folder as evidence, and restore it from a backup.',
  gap: 'Events are missing: keep the folder as evidence, and restore it from a backup.',
  segment_missing: 'Restore the missing segment from a backup.',
}

/** What the operator can do about it. */
export function damageHint(kind: DamageKind): string {
  return HINTS[kind]
}

export function damageError(damage: Damage): IcecoreError {
  if (damage.kind === 'wrong_key') {
    return new IcecoreError(
      'ICE_KEY_INVALID',
      { name: 'of the journal', reason: damage.text },
      { hint: HINTS.wrong_key },
    )
  }
  return new IcecoreError(
    'ICE_JOURNAL_DAMAGED',
    {
      reason: damage.text,
      kind: damage.kind,
      segment: damage.segment,
      ...(damage.offset === null ? {} : { offset: damage.offset }),
    },
    { hint: HINTS[damage.kind] },
  )
}
