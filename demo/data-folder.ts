/** The folder that holds everything the demo keeps: configuration, keys and record. */
import { createPublicKey, generateKeyPair, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { DEMO_KEY_PREFIX, DEMO_MARKER, DEMO_PEM_HEAD, isDemoFolder } from '../src/server/index.ts'
import { DemoProblem } from './demo-problem.ts'

export interface DataFolder {
  readonly path: string
  readonly configFile: string
  /** What a program needs to be the demo's agent, as an environment file. */
  readonly agentFile: string
  /** PEM of the public half of the warehouse credential, for the emulator. */
  readonly warehousePublicKey: string
  /** False where a former run has left its record here. */
  readonly isNew: boolean
  /** Removes the folder where it was made for this run alone. */
  close(): Promise<void>
}

const MARKER_TEXT = `This folder belongs to "icecore demo": everything in it is invented, and "icecore start" refuses its keys.\n`
/** What the demo, or an Icecore that is none, keeps in such a folder. Other files there are nobody's business. */
const OWN_NAMES: ReadonlySet<string> = new Set(['icecore.yaml', 'keys', 'journal', 'index.sqlite', 'agent.env'])
const KEY_BYTES = 32
const OWNER_ONLY = 0o600

/**
 * Opens the named folder, or a new one that goes when it is closed. Throws a DemoProblem where
 * the named one holds things that are not the demo's.
 */
export async function openDataFolder(named: string | undefined): Promise<DataFolder> {
  const path = named === undefined ? await mkdtemp(join(tmpdir(), 'icecore-demo-')) : resolve(named)
  const isNew = !(await isDemoFolder(path))
  if (isNew) await fillFolder(path)
  const privateKey = await readFile(join(path, 'keys/warehouse.p8'), 'utf8')
  return {
    path,
    configFile: join(path, 'icecore.yaml'),
    agentFile: join(path, 'agent.env'),
    warehousePublicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string,
    isNew,
    close: () => (named === undefined ? rm(path, { recursive: true, force: true }) : Promise.resolve()),
  }
}

async function fillFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const taken = (await readdir(path)).find((name) => OWN_NAMES.has(name))
  if (taken !== undefined) {
    throw new DemoProblem(
      `${path} holds ${taken}, which is not the demo’s: name another folder, or one that a demo has made`,
    )
  }
  await mkdir(join(path, 'keys'), { mode: 0o700 })
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const recordKey = Buffer.concat([DEMO_KEY_PREFIX, randomBytes(KEY_BYTES - DEMO_KEY_PREFIX.length)])
  await writeFile(join(path, 'keys/warehouse.p8'), `${DEMO_PEM_HEAD}\n${pem}`, { mode: OWNER_ONLY })
  await writeFile(join(path, 'keys/record.key'), `${recordKey.toString('base64')}\n`, { mode: OWNER_ONLY })
  // Last, so that a folder with the marker has all its keys.
  await writeFile(join(path, DEMO_MARKER), MARKER_TEXT, { mode: OWNER_ONLY })
}
