/**
 * The recordings of a data folder, for commands: while a gateway writes, after it has stopped, and on a copy.
 */
import type { KeyObject } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredEvent } from '../../core/recording/index.ts'
import { IcecoreError } from '../../errors.ts'
import { JournalReader } from '../journal/index.ts'
import {
  findSession,
  listSessions,
  listStatements,
  type SessionFilter,
  type SessionSummary,
  type StatementSummary,
} from './query-sessions.ts'
import { RecordingIndex } from './recording-index.ts'
import { Reel, type SessionReel } from './reel.ts'

/** Where things lie in a data folder. */
export interface RecordFolders {
  readonly journal: string
  readonly index: string
  /** The socket over which commands speak with the Icecore that writes the record. */
  readonly operatorSocket: string
}

export function recordFolders(dataFolder: string): RecordFolders {
  return {
    journal: join(dataFolder, 'journal'),
    index: join(dataFolder, 'index.sqlite'),
    operatorSocket: join(dataFolder, 'operator', 'socket'),
  }
}

export interface RecordingsOptions {
  /** The data folder. */
  readonly folder: string
  readonly kek: KeyObject
}

/** Sessions on record: of a data folder, or as a running Icecore tells them. */
export interface RecordedSessions {
  /** Newest first. */
  sessions(filter?: SessionFilter): Promise<SessionSummary[]>
  /** By id, or by a beginning that only one has. Rejects with ICE_RECORDING_UNKNOWN. */
  session(idOrPrefix: string): Promise<SessionSummary>
  /** The events of a session after one of them, in order, read as they are taken. Rejects with ICE_JOURNAL_DAMAGED where one cannot be read. */
  events(session: string, after?: number): AsyncGenerator<StoredEvent>
  close(): Promise<void>
}

/** The recordings of a data folder. */
export interface Recordings extends RecordedSessions {
  statements(session: string): Promise<StatementSummary[]>
  /** A session, to be gone through in any direction. */
  reel(session: string): Reel
  /** Takes in what a running gateway has recorded since. Rejects as `openRecordings` does. */
  refresh(): Promise<void>
}

/** One session on record, to be watched. */
export interface Reading {
  /** As it is now. */
  summary(): Promise<SessionSummary>
  readonly reel: SessionReel
  /** Takes in what was recorded since. */
  refresh(): Promise<void>
}

export function readingOf(recordings: Omit<Recordings, 'close'>, session: string): Reading {
  return {
    summary: () => recordings.session(session),
    reel: recordings.reel(session),
    refresh: () => recordings.refresh(),
  }
}

/** Rejects with ICE_JOURNAL_DAMAGED or ICE_KEY_INVALID. */
export async function openRecordings(options: RecordingsOptions): Promise<Recordings> {
  const folders = recordFolders(options.folder)
  const reader = new JournalReader({ folder: folders.journal, kek: options.kek })
  const path = (await belongsToUs(folders.index)) ? folders.index : null
  const index = await RecordingIndex.open({ path, reader })
  return { ...recordingsOf(index, reader), close: () => index.close() }
}

/**
 * Makes the index of a data folder anew from its journal. Resolves with the number of events in it. Rejects with
 * ICE_DATA_FOLDER where the folder is somebody else's: the gateway could not write what is made here.
 */
export async function rebuildIndex({ folder, kek }: RecordingsOptions): Promise<number> {
  const folders = recordFolders(folder)
  const owner = (await stat(folders.journal)).uid
  if (owner !== process.geteuid?.()) {
    const hint = 'Run it as the user that Icecore runs as.'
    throw new IcecoreError('ICE_DATA_FOLDER', { folder, reason: `it belongs to user ${owner}` }, { hint })
  }
  return RecordingIndex.makeAnew(folders.index, new JournalReader({ folder: folders.journal, kek }))
}

/** The recordings of a record that is open already. */
export function recordingsOf(index: RecordingIndex, reader: JournalReader): Omit<Recordings, 'close'> {
  const { database } = index
  return {
    sessions: (filter) => listSessions(database, filter),
    session: (idOrPrefix) => findSession(database, idOrPrefix),
    statements: (session) => listStatements(database, session),
    events: (session, after = 0) => new Reel(database, reader, session).events(after),
    reel: (session) => new Reel(database, reader, session),
    refresh: () => index.catchUp(),
  }
}

/**
 * True when bringing the index up to date leaves its files with the gateway's user. Somebody else, root too, reads the
 * journal into an index in memory instead, and leaves no file behind that the gateway could not write.
 */
async function belongsToUs(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && found.uid === process.getuid?.()
}
