import { type Config, findConfigFile, type LoadedConfig, loadConfig } from '../server/config/index.ts'
import { type CliContext, EXIT } from './context.ts'
import { printProblems } from './print-problems.ts'
import { reportError } from './report-error.ts'

/** Loads the config and shows its problems. Yields the config, or the exit code with which to end. */
export async function useConfig(context: CliContext, named: string | undefined): Promise<Config | number> {
  return useLoadedConfig(context, await loadConfig(findConfigFile(named, context.environment)))
}

export async function useLoadedConfig(context: CliContext, loaded: LoadedConfig): Promise<Config | number> {
  await printProblems(context, context.err, loaded.ok ? loaded.warnings : loaded.problems)
  if (loaded.ok) return loaded.config
  reportError(context, `the configuration has ${countErrors(loaded)}`)
  return EXIT.problems
}

export function countErrors(loaded: LoadedConfig): string {
  const problems = loaded.ok ? loaded.warnings : loaded.problems
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const parts = [
    ...(errors > 0 ? [plural(errors, 'problem')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ]
  return parts.length === 0 ? 'no problems' : parts.join(' and ')
}

export function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
}
