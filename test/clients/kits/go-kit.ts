import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installed, Kit } from './kit.ts'
import { runCommand } from './run-command.ts'

const PROGRAM = fileURLToPath(new URL('../programs/go', import.meta.url))
/** The driver's cloud SDKs take a minute to compile the first time. */
const BUILD_MS = 600_000

export const goKit: Kit = {
  name: 'Go',
  major: 1,
  formatParameter: 'GO_QUERY_RESULT_FORMAT',
  async install(cache): Promise<Installed> {
    const binary = join(cache, 'go/scenario')
    await mkdir(join(cache, 'go'), { recursive: true })
    const { code, stderr } = await runCommand(['go', 'build', '-o', binary, '.'], { cwd: PROGRAM, timeoutMs: BUILD_MS })
    if (code === null) return { ok: false, why: 'there is no go command' }
    if (code !== 0) return { ok: false, why: stderr.trim().split('\n').at(-1) ?? '' }
    const [, version = ''] = /gosnowflake v(\S+)/.exec(await readFile(join(PROGRAM, 'go.mod'), 'utf8')) ?? []
    return { ok: true, command: [binary], version }
  },
  trust: async (authorityFile) => ({ SSL_CERT_FILE: authorityFile }),
}
