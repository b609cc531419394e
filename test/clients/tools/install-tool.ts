import { access, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runCommand } from '../kits/run-command.ts'
import type { Tool } from './tool.ts'

const INSTALL_MS = 600_000

export type InstalledTool =
  | { readonly ok: true; readonly environment: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly why: string }

/** Puts the tool below the cache, unless it is there, and gives the environment in which it is found. */
export async function installTool(tool: Tool, cache: string): Promise<InstalledTool> {
  await mkdir(cache, { recursive: true })
  for (const command of tool.commands ?? []) {
    const { code } = await runCommand(['which', command], { timeoutMs: INSTALL_MS })
    if (code !== 0) return { ok: false, why: `there is no ${command} command` }
  }
  if (tool.artifact !== undefined) return installArtifact(tool.artifact, join(cache, tool.name))
  if (tool.requirements !== undefined) return installPython(tool.requirements, join(cache, tool.name))
  return { ok: true, environment: { PATH: pathWith(dirname(process.execPath)) } }
}

async function installPython(requirements: readonly string[], home: string): Promise<InstalledTool> {
  const python = join(home, 'bin/python')
  const steps = [
    ...((await isThere(python)) ? [] : [['python3', '-m', 'venv', home]]),
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements],
  ]
  const why = await firstFailure(steps)
  if (why !== null) return { ok: false, why }
  return { ok: true, environment: { PATH: pathWith(join(home, 'bin')), PYTHONWARNINGS: 'ignore' } }
}

async function installArtifact(artifact: string, home: string): Promise<InstalledTool> {
  const [, name, version] = artifact.split(':')
  const jar = join(home, `${name}-${version}.jar`)
  const copy = ['mvn', '-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${home}`]
  const why = (await isThere(jar)) ? null : await firstFailure([copy])
  return why === null ? { ok: true, environment: { SNOWFLAKE_JDBC_JAR: jar } } : { ok: false, why }
}

async function firstFailure(steps: readonly (readonly string[])[]): Promise<string | null> {
  for (const step of steps) {
    const { code, stdout, stderr } = await runCommand(step, { timeoutMs: INSTALL_MS })
    if (code === null) return `there is no ${step[0]} command`
    if (code !== 0) return `${step[0]}: ${`${stdout}${stderr}`.trim().split('\n').at(-1)}`
  }
  return null
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function pathWith(folder: string): string {
  return `${folder}:${process.env.PATH ?? ''}`
}
