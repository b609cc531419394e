export interface JournalLimits {
  /** A segment that would grow beyond this is closed, and the next one begun. */
  readonly segmentBytes: number
  /** Zeros written ahead of the events, so that most flushes change no metadata of the file. */
  readonly aheadBytes: number
  /** The largest event, body included. */
  readonly eventBytes: number
  /**
   * One flush takes appends until it holds this many bytes. What waits behind it is not yet encoded, so this also
   * bounds the memory that the journal itself uses, however many wait.
   */
  readonly flushBytes: number
  /** A flush that takes longer than this counts as failed, though it may still end. */
  readonly stallMs: number
  /** Below this much free space no new session and no new statement is taken. */
  readonly lowWaterBytes: number
  /** Space kept in reserve, so that the failure itself can be recorded on a full disk. */
  readonly ballastBytes: number
  /** How often free space is looked at, and a failed journal tried again. */
  readonly probeMs: number
  /** At start, this many bytes of the newest segments are read and checked whole; older ones by their headers. */
  readonly verifyBytes: number
}

const MIB = 1024 * 1024

export const DEFAULT_JOURNAL_LIMITS: JournalLimits = {
  segmentBytes: 64 * MIB,
  aheadBytes: MIB,
  eventBytes: 16 * MIB,
  flushBytes: 4 * MIB,
  stallMs: 30_000,
  lowWaterBytes: 256 * MIB,
  ballastBytes: 16 * MIB,
  probeMs: 5_000,
  verifyBytes: 64 * MIB,
}
