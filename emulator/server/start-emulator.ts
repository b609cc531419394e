/** A whole emulator: server, engine and data. */
import { randomBytes } from 'node:crypto'
import { DEFAULT_OPTIONS, type EmulatorOptions, type EmulatorUser } from '../options.ts'
import { createEngine } from '../sql/index.ts'
import { type EmulatorServer, startServer } from './start-server.ts'

export interface Emulator extends EmulatorServer {
  /** The first user, for log-in by password. */
  readonly user: string
  readonly password: string
}

/** Starts an emulator on loopback; resolves once the data stands and both ports answer. */
export async function startEmulator(settings: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const given = { ...DEFAULT_OPTIONS, ...settings }
  const [first = { name: 'EMULATOR' }, ...others] = given.users
  const password = first.password ?? randomBytes(18).toString('base64url')
  const users: readonly EmulatorUser[] = [{ ...first, password }, ...others]
  const { seed, tpchScale, account, initSql } = given
  const engineOptions = { seed, tpchScale, account, ...(initSql !== null && { initSql }) }
  const server = await startServer({ ...given, users }, (host) => createEngine(engineOptions, host))
  return { ...server, user: first.name, password }
}
