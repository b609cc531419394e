import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { ConfigCheckJson } from '../api-schema/index.ts'
import { safeLine, truncate } from '../lib/text/index.ts'
import { type CliContext, type Output, outputWidth } from './context.ts'

/** Problems for people: `file:line:column`, the line with a caret under the place, and what to do. */
export async function printProblems(
  context: CliContext,
  stream: Output,
  problems: ConfigCheckJson['problems'],
): Promise<void> {
  const paint = stream === context.out ? context.paintOut : context.paintErr
  const width = outputWidth(context)
  const sources = new Map<string, readonly string[]>()
  for (const { severity, code, message, hint, at } of problems) {
    const lines = sources.get(at.file) ?? (await readLines(at.file))
    sources.set(at.file, lines)
    const colour = severity === 'error' ? 'red' : 'yellow'
    stream.write(
      `${paint('bold', `${showFile(at.file)}:${at.line}:${at.column}:`)} ${paint(colour, `${severity}:`)} ${safeLine(message)}\n`,
    )
    const source = lines[at.line - 1]
    // A key that is missing at the top has no place to point at.
    const hasPlace = code !== 'missing_key' || /[.[]/.test(at.path)
    if (hasPlace && source !== undefined && source.trim() !== '') {
      const number = String(at.line)
      const { text, caret } = excerpt(source, at.column, width - number.length - 5)
      stream.write(`  ${paint('dim', `${number} │`)} ${text}\n`)
      stream.write(`  ${paint('dim', `${' '.repeat(number.length)} │`)} ${' '.repeat(caret)}${paint(colour, '^')}\n`)
    }
    if (hint !== undefined) stream.write(`  ${paint('cyan', 'hint:')} ${safeLine(hint)}\n`)
  }
}

async function readLines(file: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8').catch(() => '')).split(/\r?\n/)
}

function showFile(file: string): string {
  const near = relative(process.cwd(), file)
  return safeLine(near.startsWith('..') || near === '' ? file : near)
}

/**
 * The line around the place, with secrets left out: a password under a misspelt key is reported as a misspelt key, and
 * must still not be shown.
 */
function excerpt(source: string, column: number, width: number): { readonly text: string; readonly caret: number } {
  const line = hideValues(source)
  const before = safeLine(line.slice(0, column - 1))
  const start = Math.max(0, before.length - Math.floor(width * 0.6))
  const whole = `${before}${safeLine(line.slice(column - 1))}`
  const text = start === 0 ? whole : `…${whole.slice(start + 1)}`
  return { text: truncate(text, width), caret: Math.min(before.length, line.length) - start }
}

function hideValues(line: string): string {
  return line
    .replace(
      // The one key of the configuration that sounds like a secret and is none.
      /(?!token_life\b)((?:pass|secret|key|token|credential|pwd)[\w-]*["']?\s*:\s*["']?)(?![\s"'{[]|\$\{)([^\s,}\]"']+)/gi,
      '$1[hidden]',
    )
    .replace(/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, '$1[hidden]@')
    .replace(/-----BEGIN.*/, '[hidden]')
}
