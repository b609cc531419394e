/** Emulator, identity provider and gateway in one process, as one thing that is started and closed. */
import { writeFile } from 'node:fs/promises'
import { type Emulator, startEmulator } from '../emulator/index.ts'
import { type Config, type LoadedConfig, loadConfig, type Problem } from '../src/server/config/index.ts'
import { DEMO_AUDIENCE, type Gateway, startGateway } from '../src/server/index.ts'
import type { DataFolder } from './data-folder.ts'
import { DEMO_CONTEXT, demoConfig } from './demo-config.ts'
import { DemoProblem } from './demo-problem.ts'
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts'
import { type ConfigSource, locateProblem } from './locate-problem.ts'
import { mergeConfig } from './merge-config.ts'

export interface DemoSettings {
  readonly folder: DataFolder
  readonly port: number
  readonly seed: number
  /** Snowflake SQL for the emulator. */
  readonly initSql: string | null
  /** A configuration file that goes over the demo's own. */
  readonly overlay: ConfigSource | null
  /** Shows the problems of a configuration; yields it, or null where it cannot be used. */
  useConfig(loaded: LoadedConfig): Promise<Config | null>
  say(line: string): void
}

export interface Demo {
  readonly gateway: Gateway
  readonly emulator: Emulator
  readonly identityProvider: IdentityProvider
  readonly config: Config
  /** The gateway is drained first, then what it rests on goes. */
  close(): Promise<void>
}

const USER = 'ICECORE'
/** Seconds: as long as a session may live, so that what was printed in the morning can be pasted in the afternoon. */
const TOKEN_LIFE = 12 * 60 * 60

/** Null where the configuration has problems, which have been shown. */
export async function startDemo(settings: DemoSettings): Promise<Demo | null> {
  await using started = new AsyncDisposableStack()
  const identityProvider = await startIdentityProvider({ audience: DEMO_AUDIENCE, tokenLife: TOKEN_LIFE })
  started.defer(() => identityProvider.close())
  const emulator = await startWarehouse(settings)
  started.defer(() => emulator.close())
  const config = await settings.useConfig(await makeConfig(settings, identityProvider, emulator))
  if (config === null) return null
  const gateway = await startGateway(config)
  started.defer(() => gateway.close('shutdown', 'end'))
  const parts = started.move()
  return { gateway, emulator, identityProvider, config, close: () => parts.disposeAsync() }
}

async function startWarehouse({ seed, initSql, folder }: DemoSettings): Promise<Emulator> {
  const user = {
    name: USER,
    publicKeys: [folder.warehousePublicKey],
    // More than the demo's rule gives: which roles an agent may use is Icecore's to decide.
    roles: ['ACCOUNTADMIN', 'SYSADMIN', 'ANALYST'],
    defaultRole: DEMO_CONTEXT.role,
  }
  try {
    return await startEmulator({ seed, initSql, users: [user] })
  } catch (error) {
    if (initSql === null || !(error instanceof Error && error.name === 'SqlError')) throw error
    throw new DemoProblem(`the SQL to start with failed: ${error.message.replaceAll('\n', ' ')}`, { cause: error })
  }
}

/** Writes the configuration and reads it as any other; problems of the user's are told in the user's file. */
async function makeConfig(
  { folder, port, overlay, say }: DemoSettings,
  { issuer }: IdentityProvider,
  { url: warehouse, account }: Emulator,
): Promise<LoadedConfig> {
  const own = demoConfig({ gatewayPort: port, issuer, warehouse, account, user: USER })
  const file = folder.configFile
  if (overlay === null) {
    await writeFile(file, own, { mode: 0o600 })
    return loadConfig(file)
  }
  const { text, keptOwn } = mergeConfig(own, overlay)
  if (keptOwn.length > 0) say(`the demo keeps its own ${keptOwn.join(', ')}`)
  await writeFile(file, text, { mode: 0o600 })
  const loaded = await loadConfig(file)
  const locate = (problems: readonly Problem[]): readonly Problem[] =>
    problems
      .map((problem) => locateProblem(problem, { file, text }, overlay))
      .toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
  return loaded.ok ? { ...loaded, warnings: locate(loaded.warnings) } : { ...loaded, problems: locate(loaded.problems) }
}
