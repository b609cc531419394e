/** What can be chosen when an emulator starts: shared by the `icecore emulator` command, the demo and the tests. */
import { type FaultSetting, isFaultName } from './faults.ts'

export interface EmulatorUser {
  readonly name: string
  /** Absent: the user cannot log in by password. */
  readonly password?: string
  /** RSA public keys as PEM (SubjectPublicKeyInfo), as in `RSA_PUBLIC_KEY` and `RSA_PUBLIC_KEY_2`. */
  readonly publicKeys?: readonly string[]
  /** Programmatic access tokens. */
  readonly accessTokens?: readonly string[]
  /** Access tokens of an OAuth integration, which stand for the user. */
  readonly oauthTokens?: readonly string[]
  /** Roles granted to the user; PUBLIC is always among them. */
  readonly roles?: readonly string[]
  readonly defaultRole?: string | null
  readonly defaultWarehouse?: string | null
  /** A database, or `DATABASE.SCHEMA`, as Snowflake's DEFAULT_NAMESPACE. */
  readonly defaultNamespace?: string | null
}

export interface EmulatorOptions {
  readonly host: string
  /** Port that stands for the account; 0 takes a free one. */
  readonly port: number
  /** Port that stands for cloud storage, and carries the control endpoints; 0 takes a free one. */
  readonly storagePort: number
  readonly account: string
  /** The first user is the one that `startEmulator` reports; without a password it gets a random one. */
  readonly users: readonly EmulatorUser[]
  /** Seeds the invented data. */
  readonly seed: number
  /** TPC-H scale factor; 0 leaves TPC-H out. */
  readonly tpchScale: number
  /** Snowflake SQL run once the data set stands. */
  readonly initSql: string | null
  readonly faults: readonly FaultSetting[]

  readonly sessionValidityMs: number
  readonly masterValidityMs: number
  /** How long a session token works on after its renewal: requests under way still carry it. */
  readonly renewalGraceMs: number
  /** How long an answer is held before it becomes `333333` (Snowflake: about 45 s). */
  readonly inProgressAfterMs: number

  /** Rows of a result that stand in the answer itself; the rest goes to chunks. */
  readonly inlineRows: number
  readonly inlineBytes: number
  /** Uncompressed size of the first chunk; each further one is twice as large, up to `maxChunkBytes`. */
  readonly firstChunkBytes: number
  readonly maxChunkBytes: number
  readonly chunkUrlValidityMs: number
  /** Results kept for later fetching; older ones are as expired. */
  readonly maxResults: number
  /** Space for chunks on disk, compressed; the oldest results go first. */
  readonly maxSpoolBytes: number
  readonly maxHistory: number
  readonly maxBodyBytes: number

  /** Numbers above 2^53 as session and storage-key ids, which `JSON.parse` would round. */
  readonly bigIntegers: boolean
  /** Members that no driver knows, with values that re-serialising would change. */
  readonly unknownFields: boolean
  /** Current time in milliseconds, for tests of expiry. */
  readonly now: () => number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const KIB = 1024
const MIB = 1024 * KIB

export const DEFAULT_ROLES = ['ACCOUNTADMIN', 'SYSADMIN', 'ANALYST', 'PUBLIC'] as const

export const DEFAULT_OPTIONS: EmulatorOptions = {
  host: '127.0.0.1',
  port: 0,
  storagePort: 0,
  account: 'EMULATOR',
  users: [{ name: 'EMULATOR', defaultRole: 'SYSADMIN', defaultWarehouse: 'COMPUTE_WH' }],
  seed: 1,
  tpchScale: 0.01,
  initSql: null,
  faults: [],
  sessionValidityMs: HOUR,
  masterValidityMs: 4 * HOUR,
  renewalGraceMs: MINUTE,
  inProgressAfterMs: 45_000,
  inlineRows: 1000,
  inlineBytes: 100 * KIB,
  firstChunkBytes: 256 * KIB,
  maxChunkBytes: 16 * MIB,
  chunkUrlValidityMs: 6 * HOUR,
  maxResults: 1000,
  maxSpoolBytes: 4096 * MIB,
  maxHistory: 10_000,
  maxBodyBytes: 128 * MIB,
  bigIntegers: true,
  unknownFields: true,
  now: Date.now,
}

/** Parses `name` or `name=value` as given to `--fault`. Throws with a text for the user. */
export function parseFault(text: string): FaultSetting {
  const [name = '', value = '1'] = text.split(/=(.*)/s, 2)
  if (!isFaultName(name)) throw new RangeError(`Unknown fault '${name}'`)
  const amount = value === '' ? Number.NaN : Number(value)
  if (!Number.isSafeInteger(amount) || amount < 0)
    throw new RangeError(`Fault ${name} wants a whole number, not '${value}'`)
  return { name, value: amount }
}
