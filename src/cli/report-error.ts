import { getSystemErrorMessage } from 'node:util'
import { isIcecoreError } from '../errors.ts'
import { safeLine, safeLines } from '../lib/text/index.ts'
import type { CliContext } from './context.ts'

/** Says an error in age's manner: `icecore: error: …`, then what can be done about it. */
export function reportError({ err, paintErr }: CliContext, message: string, hint?: string): void {
  err.write(`${paintErr('red', 'icecore: error:')} ${asClause(message)}\n`)
  if (hint !== undefined) err.write(`${paintErr('cyan', 'icecore: hint:')} ${asClause(hint)}\n`)
}

/** Whatever a command threw. What is neither ours nor the system's is a defect, and says so. */
export function reportThrown(context: CliContext, error: unknown): void {
  if (isIcecoreError(error)) {
    reportError(context, error.message, error.hint)
    return
  }
  const refused = describeSystemError(error)
  if (refused !== null) {
    reportError(context, refused)
    return
  }
  const thrown = error instanceof Error ? error : new Error(String(error))
  reportError(
    context,
    `unexpected failure: ${thrown.message}`,
    'this is a defect in Icecore; ICECORE_DEBUG=1 shows where',
  )
  if (context.environment.ICECORE_DEBUG !== '1') return
  for (const line of safeLines(thrown.stack ?? '')) context.err.write(`${line}\n`)
}

/** What the operating system refused: a file, a folder or an address, and why. Null for anything else. */
function describeSystemError(error: unknown): string | null {
  const { code, errno, path, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const what = path ?? (address === undefined ? undefined : `${address}:${port}`)
  if (code === undefined || errno === undefined || what === undefined) return null
  return `${what} cannot be used: ${getSystemErrorMessage(errno)} (${code})`
}

/** Lower case and no full stop: the text goes on after a colon. Acronyms and names in capitals stay. */
function asClause(sentence: string): string {
  const line = safeLine(sentence).replace(/\.$/, '')
  return /^[A-Z][a-z]/.test(line) && !line.startsWith('Icecore') ? line.charAt(0).toLowerCase() + line.slice(1) : line
}
