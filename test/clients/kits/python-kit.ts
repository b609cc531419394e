import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installed, Kit } from './kit.ts'
import { runCommand } from './run-command.ts'

const PROGRAM = fileURLToPath(new URL('../programs/python/scenario.py', import.meta.url))
const INSTALL_MS = 300_000

export function pythonKit(major: number, requirement: string): Kit {
  return {
    name: `Python ${major}`,
    language: 'python',
    major,
    async install(cache): Promise<Installed> {
      const home = join(cache, `python-${major}`)
      const python = join(home, 'bin/python')
      await mkdir(cache, { recursive: true })
      const version = 'import importlib.metadata as m; print(m.version("snowflake-connector-python"))'
      let installed = await runCommand([python, '-c', version], { timeoutMs: INSTALL_MS })
      if (installed.code !== 0) {
        for (const command of [
          ['python3', '-m', 'venv', home],
          [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement],
        ]) {
          const { code, stderr } = await runCommand(command, { timeoutMs: INSTALL_MS })
          if (code !== 0) return { ok: false, why: `${command.slice(0, 3).join(' ')}: ${lastLine(stderr)}` }
        }
        installed = await runCommand([python, '-c', version], { timeoutMs: INSTALL_MS })
      }
      return { ok: true, command: [python, '-W', 'ignore', PROGRAM], version: installed.stdout.trim() }
    },
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
