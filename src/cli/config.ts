import type { Command } from 'commander'
import type { ConfigCheckJson } from '../api-schema/index.ts'
import { configJsonSchema, findConfigFile, loadConfig } from '../server/config/index.ts'
import { type CliContext, EXIT, writeJson } from './context.ts'
import type { Finish } from './main.ts'
import { printProblems } from './print-problems.ts'
import { countErrors } from './use-config.ts'

export function addConfigCommands(program: Command, context: CliContext, finish: Finish): void {
  const config = program.command('config').description('check the configuration file, or print its schema')
  config
    .command('check [file]')
    .description('report every problem of a configuration file, with line, column and hint')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nWithout FILE: $ICECORE_CONFIG, else ./icecore.yaml. Exit code 3 when there are problems.\n\nExample:\n  $ icecore config check icecore.yaml',
    )
    .action((file: string | undefined, options: { readonly json?: true }) =>
      finish(checkConfig(context, file, options)),
    )
  config
    .command('schema')
    .description('print the JSON Schema of the configuration file, for editors')
    .option('--json', 'the output is JSON in any case')
    .addHelpText('after', '\nExample:\n  $ icecore config schema > icecore.schema.json')
    .action(() => finish(printSchema(context)))
}

async function checkConfig(
  context: CliContext,
  file: string | undefined,
  options: { readonly json?: true },
): Promise<number> {
  const loaded = await loadConfig(findConfigFile(file, context.environment))
  const problems = loaded.ok ? loaded.warnings : loaded.problems
  if (options.json) {
    await writeJson<ConfigCheckJson>(context.out, { ok: loaded.ok, file: loaded.file, problems })
  } else {
    await printProblems(context, context.out, problems)
    context.out.write(
      `${loaded.ok ? 'the configuration can be used' : 'the configuration cannot be used'}: ${countErrors(loaded)}\n`,
    )
  }
  return loaded.ok ? EXIT.ok : EXIT.problems
}

async function printSchema(context: CliContext): Promise<number> {
  context.out.write(`${JSON.stringify(configJsonSchema, null, 2)}\n`)
  return EXIT.ok
}
