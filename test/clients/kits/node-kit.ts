import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Installed, Kit } from './kit.ts'

const PROGRAM = fileURLToPath(new URL('../programs/node/scenario.mjs', import.meta.url))

/** The driver that this checkout has already: a development dependency. */
export const nodeKit: Kit = {
  name: 'Node',
  major: 3,
  formatParameter: null,
  async install(): Promise<Installed> {
    const manifest = await readFile(fileURLToPath(import.meta.resolve('snowflake-sdk/package.json')), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    return { ok: true, command: [process.execPath, PROGRAM], version }
  },
  trust: async (authorityFile) => ({ NODE_EXTRA_CA_CERTS: authorityFile }),
}
