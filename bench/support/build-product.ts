/**
 * Icecore as it is installed: compiled. Run from TypeScript, each thread would carry a compiler of its own, and its memory
 * would be measured too.
 */
import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** Compiles `src/` into a folder in `folder`, with the packages of this checkout; returns the folder of the JavaScript. */
export async function buildProduct(folder: string): Promise<string> {
  const home = join(folder, 'product')
  const built = join(home, 'dist')
  await mkdir(home)
  await symlink(join(ROOT, 'node_modules'), join(home, 'node_modules'))
  await writeFile(join(home, 'package.json'), '{"type":"module"}\n')
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  await run(tsc, ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', built])
  return built
}
