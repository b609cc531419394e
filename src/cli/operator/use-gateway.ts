/** Finds the running Icecore that a command is for. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { useConfig } from '../use-config.ts'
import { OperatorClient } from './operator-client.ts'

export interface GatewayOptions {
  readonly config?: string
  readonly data?: string
}

export function addGatewayOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file that names the data folder')
    .option('--data <folder>', 'data folder, in place of the configuration’s')
}

export const GATEWAY_HELP =
  '\nThe running Icecore is found by its data folder: --data, else the one of the configuration ($ICECORE_CONFIG, else ./icecore.yaml). It answers the user that it runs as, and puts every call on record.\n'

/** Yields the exit code with which to end where the configuration has problems. */
export async function withGateway(
  context: CliContext,
  { config: named, data }: GatewayOptions,
  run: (client: OperatorClient) => Promise<number>,
): Promise<number> {
  if (data !== undefined) return run(new OperatorClient(resolve(data)))
  const config = await useConfig(context, named)
  return typeof config === 'number' ? config : run(new OperatorClient(config.data))
}
