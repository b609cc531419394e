import { spawn } from 'node:child_process'

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /**
   * Called once, when the command has written `started` to standard error; it reads a line when this is done. Without it
   * the command has nothing to read.
   */
  readonly onStarted?: () => void | Promise<void>
}

/** Never rejects: a command that cannot be started has no exit code. */
export function runCommand(command: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [file = '', ...rest] = command
  return new Promise((resolve) => {
    const child = spawn(file, rest, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    let isStarted = false
    const answerStart = async (): Promise<void> => {
      await options.onStarted?.()
      child.stdin.end('\n')
    }
    if (options.onStarted === undefined) child.stdin.end()
    // A program that ended without reading.
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString()
    })
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString()
      if (isStarted || !/^started$/m.test(stderr)) return
      isStarted = true
      answerStart().catch((error: Error) => {
        stderr += error.message
        child.kill('SIGKILL')
      })
    })
    child.once('error', (error) => resolve({ code: null, stdout, stderr: error.message }))
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
