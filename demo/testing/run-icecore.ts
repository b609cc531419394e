/** The command as a user runs it: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  /** The first line of standard output; rejects with what was said where the process ends without one. */
  readonly firstLine: Promise<string>
  /** Standard output up to now, once the text stands in it. */
  until(text: string): Promise<string>
  readonly ended: Promise<Ended>
  stop(signal: NodeJS.Signals): Promise<Ended>
}

export const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))

export function runIcecore(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  return follow(spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env }))
}

export function follow(child: ChildProcess): Running {
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  const until = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (out.includes(text)) resolve(out)
      }
      child.stdout?.on('data', look)
      ended.then(({ code }) => reject(new Error(`ended with ${code} before "${text}": ${err}`)), reject)
      look()
    })
  const firstLine = until('\n').then((text) => text.slice(0, text.indexOf('\n')))
  // Whoever waits for the end alone is not told twice.
  firstLine.catch(() => undefined)
  return {
    firstLine,
    until,
    ended,
    stop(signal) {
      child.kill(signal)
      return ended
    },
  }
}
