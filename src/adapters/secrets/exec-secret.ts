/** Asks a command for a secret. No shell: the command and its arguments are words, split at spaces outside quotes. */
import { execFile } from 'node:child_process'
import { type SecretReference, unreadable } from './secret-reference.ts'

export interface ExecLimits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

export const DEFAULT_EXEC_LIMITS: ExecLimits = { timeoutMs: 10_000, maxBytes: 64 * 1024 }

export function readExecSecret(reference: SecretReference, limits: ExecLimits): Promise<string> {
  const words = splitWords(reference.argument)
  if (words === null) {
    throw unreadable(reference, 'a quote is not closed')
  }
  const [command = '', ...args] = words
  const options = { timeout: limits.timeoutMs, maxBuffer: limits.maxBytes, killSignal: 'SIGKILL' as const }
  return new Promise((resolve, reject) => {
    // Neither output goes into the error: a failing secret tool may well print the secret.
    const child = execFile(command, args, options, (error, stdout) => {
      if (error === null) {
        resolve(stdout)
      } else {
        reject(unreadable(reference, reasonOf(error, limits)))
      }
    })
    child.stdin?.end()
  })
}

function reasonOf(error: { code?: unknown; killed?: boolean }, limits: ExecLimits): string {
  if (error.code === 'ENOENT') {
    return 'there is no such command'
  }
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return `the command printed more than ${limits.maxBytes} bytes`
  }
  if (error.killed === true) {
    return `the command did not end within ${limits.timeoutMs} ms`
  }
  return `the command failed (${String(error.code)})`
}

/** Null when a quote is left open. */
function splitWords(text: string): string[] | null {
  const words: string[] = []
  const word = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?=\s|$)/y
  let at = 0
  while (at < text.length) {
    word.lastIndex = at
    const match = word.exec(text)
    if (match === null) {
      return null
    }
    words.push(match[1] ?? match[2] ?? match[3] ?? '')
    at = word.lastIndex
  }
  return words
}
