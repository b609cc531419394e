import type { CliContext } from './context.ts'
import { reportError } from './report-error.ts'

/**
 * Loads a part that is not in every install; null, and said so, where it is not. The path is no literal in an import on
 * purpose: a production build holds `src/` alone, and the compiler must not follow the import there.
 */
export async function loadPart<T>(context: CliContext, what: string, path: string): Promise<T | null> {
  try {
    return (await import(new URL(path, import.meta.url).href)) as T
  } catch (error) {
    if (!isMissing(error)) throw error
    reportError(context, `the ${what} is not part of this install`, 'in a checkout "npm ci" brings all it needs')
    return null
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
