import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installed, Kit } from './kit.ts'
import { runCommand } from './run-command.ts'

const PROGRAMS = fileURLToPath(new URL('../programs', import.meta.url))
const INSTALL_MS = 300_000

/** The two connectors differ on the wire: requests looks elsewhere for its authorities than Rust's TLS does. */
export function pythonKit(major: 4 | 5): Kit {
  const requirement = `snowflake-connector-python[pandas]>=${major},<${major + 1}`
  return {
    name: `Python ${major}`,
    major,
    formatParameter: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    install: (cache) =>
      installPython({
        home: join(cache, `python-${major}`),
        requirements: [requirement],
        distribution: 'snowflake-connector-python',
        program: join(PROGRAMS, 'python/scenario.py'),
      }),
    trust: async (authorityFile) => ({ [major === 4 ? 'REQUESTS_CA_BUNDLE' : 'SSL_CERT_FILE']: authorityFile }),
  }
}

/** Go's driver inside a Python package. */
export const adbcKit: Kit = {
  name: 'ADBC',
  major: 1,
  formatParameter: null,
  install: (cache) =>
    installPython({
      home: join(cache, 'adbc'),
      requirements: ['adbc-driver-snowflake', 'pyarrow', 'pandas'],
      distribution: 'adbc-driver-snowflake',
      program: join(PROGRAMS, 'adbc/scenario.py'),
    }),
  trust: async (authorityFile) => ({ SSL_CERT_FILE: authorityFile }),
}

interface PythonProgram {
  /** Of the virtual environment. */
  readonly home: string
  readonly requirements: readonly string[]
  /** Whose version is the client's. */
  readonly distribution: string
  readonly program: string
}

async function installPython({ home, requirements, distribution, program }: PythonProgram): Promise<Installed> {
  const python = join(home, 'bin/python')
  await mkdir(home, { recursive: true })
  const version = `import pandas, pyarrow, importlib.metadata as m; print(m.version("${distribution}"))`
  let installed = await runCommand([python, '-c', version], { timeoutMs: INSTALL_MS })
  if (installed.code !== 0) {
    for (const command of [
      ['python3', '-m', 'venv', home],
      [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements],
    ]) {
      const { code, stderr } = await runCommand(command, { timeoutMs: INSTALL_MS })
      if (code !== 0) return { ok: false, why: `${command.slice(0, 3).join(' ')}: ${lastLine(stderr)}` }
    }
    installed = await runCommand([python, '-c', version], { timeoutMs: INSTALL_MS })
  }
  return { ok: true, command: [python, '-W', 'ignore', program], version: installed.stdout.trim() }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
