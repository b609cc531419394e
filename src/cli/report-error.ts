import { isIcecoreError } from '../errors.ts'
import { safeLine, safeLines } from '../lib/text/index.ts'
import type { CliContext } from './context.ts'

/** Says an error in age's manner: `icecore: error: …`, then what can be done about it. */
export function reportError({ err, paintErr }: CliContext, message: string, hint?: string): void {
  err.write(`${paintErr('red', 'icecore: error:')} ${asClause(message)}\n`)
  if (hint !== undefined) err.write(`${paintErr('cyan', 'icecore: hint:')} ${asClause(hint)}\n`)
}

/** Whatever a command threw. Anything but an IcecoreError is a defect, and says so. */
export function reportThrown(context: CliContext, error: unknown): void {
  if (isIcecoreError(error)) {
    reportError(context, error.message, error.hint)
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

/** Lower case and no full stop: the text goes on after a colon. Acronyms and names in capitals stay. */
function asClause(sentence: string): string {
  const line = safeLine(sentence).replace(/\.$/, '')
  return /^[A-Z][a-z]/.test(line) && !line.startsWith('Icecore') ? line.charAt(0).toLowerCase() + line.slice(1) : line
}
