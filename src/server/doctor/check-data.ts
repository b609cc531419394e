/** What lies on this machine: disk, keys, journal and index. */
import type { KeyObject } from 'node:crypto'
import { access, constants, lstat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JournalReader, verifyJournal } from '../../adapters/journal/index.ts'
import { loadKek, type SecretSources } from '../../adapters/secrets/index.ts'
import { createSnowflakeConnector } from '../../adapters/snowflake/index.ts'
import { RecordingIndex, recordFolders } from '../../adapters/store/index.ts'
import { isIcecoreError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { randomIds } from '../../lib/ids.ts'
import { silentLog } from '../../lib/log.ts'
import type { Config } from '../config/index.ts'
import { mapConnections } from '../map-config.ts'
import { type Finding, failed, ok, problem, skipped, warning } from './finding.ts'

const MIB = 1024 * 1024
/** Clocks of two machines, or of one before and after a correction, differ by less. */
const CLOCK_TOLERANCE_MS = 5_000
const OTHERS = 0o077

export async function* checkDisk({ data, recording }: Config): AsyncGenerator<Finding> {
  const found = await lstat(data).catch(() => null)
  if (found === null) {
    const parent = await nearest(dirname(data))
    const writable = await mayWrite(parent)
    yield writable
      ? ok('disk', data, 'there is no data folder yet; a gateway makes it when it starts')
      : problem(
          'disk',
          data,
          `there is no data folder, and ${parent} cannot be written`,
          'Make it, for the user that Icecore runs as.',
        )
  } else if (found.uid !== process.geteuid?.()) {
    const mend = 'Run this as the user that Icecore runs as, or give that user the folder (chown -R).'
    yield problem(
      'disk',
      data,
      `the data folder belongs to user ${found.uid}, and this is user ${process.geteuid?.()}`,
      mend,
    )
  } else if (!(await mayWrite(data))) {
    yield problem('disk', data, 'the data folder cannot be written', 'Mount it for writing; check its permissions.')
  } else if ((found.mode & OTHERS) !== 0) {
    yield warning('disk', data, 'others than its owner may look into the data folder', `Run: chmod 700 ${data}`)
  } else yield ok('disk', data, 'the data folder is its owner’s alone, and can be written')

  const { bavail, bsize } = await statfs(await nearest(data))
  const free = bavail * bsize
  const evidence = `${Math.floor(free / MIB)} MiB are free, and nothing new is begun below ${Math.ceil(recording.low_water / MIB)} MiB`
  const mend = 'Make room on the disk of the data folder, or set recording.low_water lower.'
  if (free < recording.low_water) yield problem('disk', 'space', evidence, mend)
  else if (free < 2 * recording.low_water) yield warning('disk', 'space', evidence, mend)
  else yield ok('disk', 'space', evidence)
}

/** Yields the key of the record, to read on with; null where there is none. */
export async function* checkKeys(config: Config, sources: SecretSources): AsyncGenerator<Finding, KeyObject | null> {
  let kek: KeyObject | null = null
  try {
    kek = await loadKek(config.recording.key, sources)
    yield ok('keys', 'recording.key', 'it can be read, by its owner alone')
  } catch (error) {
    yield failed(
      'keys',
      'recording.key',
      error,
      'Without it no recording can be read: put the file back from where it is kept.',
    )
  }
  for (const [name, connection] of Object.entries(config.connections)) {
    const what = `connections.${name}.credential`
    try {
      const connections = await mapConnections({ ...config, connections: { [name]: connection } }, sources)
      const tools = { clock: UNUSED_CLOCK, ids: randomIds, log: silentLog }
      await createSnowflakeConnector(connections, tools).close()
      yield ok('keys', what, 'it is a private key that can sign')
    } catch (error) {
      yield failed('keys', what, error, 'Name the private key that belongs to the user at Snowflake.')
    }
  }
  return kek
}

/** Nothing is asked of the upstream here. */
const UNUSED_CLOCK: Clock = { now: () => 0, monotonic: () => 0, timer: () => ({ cancel: () => undefined }) }

/** Reads the whole journal. Yields when its last event was recorded; null where there is none. */
export async function* checkJournal(data: string, kek: KeyObject): AsyncGenerator<Finding, number | null> {
  const { journal: folder } = recordFolders(data)
  if (!(await isThere(folder))) {
    yield skipped('journal', null, 'there is no journal yet')
    return null
  }
  const mend =
    'See "Damage" in the documentation of the record; take the folder back from a backup, and keep the damaged one.'
  try {
    const { segments, events, bytes, damages } = await verifyJournal(folder, kek)
    for (const { text } of damages) yield problem('journal', null, text, mend)
    if (damages.length > 0) return null
    yield ok('journal', null, `${events} events in ${segments} segments, ${Math.ceil(bytes / MIB)} MiB, all whole`)
  } catch (error) {
    yield failed('journal', null, error, 'Name the key that the journal was written with.')
    return null
  }
  return lastEventAt(new JournalReader({ folder, kek }))
}

async function lastEventAt(reader: JournalReader): Promise<number | null> {
  const last = (await reader.segments()).at(-1)
  return last?.header.createdAt ?? null
}

export function* checkClockAgainstRecord(recordedAt: number | null, now: number): Generator<Finding> {
  if (recordedAt === null) return
  const ahead = recordedAt - now
  if (ahead <= CLOCK_TOLERANCE_MS) yield ok('clock', 'record', 'it is later than what was recorded last')
  else {
    const mend = 'Let the machine keep its time (chrony, systemd-timesyncd): tokens and sessions are judged by it.'
    yield problem('clock', 'record', `it is ${Math.round(ahead / 1000)} s before a time on record`, mend)
  }
}

export function checkClockAgainst(peer: string, its: number, now: number): Finding {
  const off = Math.abs(its - now)
  // The header has whole seconds, and the answer was under way.
  if (off <= CLOCK_TOLERANCE_MS) return ok('clock', peer, 'it agrees with this server’s')
  const mend = 'Let the machine keep its time (chrony, systemd-timesyncd): tokens are judged by it.'
  return warning(
    'clock',
    peer,
    `it is ${Math.round(off / 1000)} s ${its > now ? 'behind' : 'before'} this server’s`,
    mend,
  )
}

/** A gateway may be writing it. Somebody else's is left alone: files made beside it would not be its owner's. */
export async function* checkIndex(data: string, kek: KeyObject): AsyncGenerator<Finding> {
  const { index: path, journal: folder } = recordFolders(data)
  const found = await lstat(path).catch(() => null)
  if (found === null) return yield skipped('index', null, 'there is no index yet; it is made when it is needed')
  if (found.uid !== process.geteuid?.()) return yield skipped('index', null, `it belongs to user ${found.uid}`)
  const mend = 'Run: icecore index rebuild'
  try {
    const index = await RecordingIndex.open({ path, reader: new JournalReader({ folder, kek }) })
    try {
      yield ok('index', null, `it holds all ${await index.lastLsn()} events`)
    } finally {
      await index.close()
    }
  } catch (error) {
    yield isIcecoreError(error)
      ? failed('index', null, error, mend)
      : problem('index', null, `it cannot be used: ${(error as Error).message}`, mend)
  }
}

async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) if (at === dirname(at) || (await isThere(at))) return at
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}
