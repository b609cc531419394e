/** The clients, in the order of the tables. */
import { goKit } from './go-kit.ts'
import { jdbcKit } from './jdbc-kit.ts'
import type { Kit } from './kit.ts'
import { nodeKit } from './node-kit.ts'
import { adbcKit, pythonKit } from './python-kit.ts'

export type { Installed, Kit, KitName } from './kit.ts'
export { type CommandResult, runCommand } from './run-command.ts'

export const KITS: readonly Kit[] = [nodeKit, pythonKit(4), pythonKit(5), goKit, jdbcKit, adbcKit]
