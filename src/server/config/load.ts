import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { parseSecretReference } from '../../adapters/secrets/index.ts'
import { systemClock } from '../../lib/clock.ts'
import { checkAccess } from './check-access.ts'
import { checkAgents, checkIssuers, checkPeople } from './check-identity.ts'
import { checkListeners } from './check-listeners.ts'
import { checkConnections, checkOrder } from './check-operation.ts'
import { readDocument, type SourceDocument } from './document.ts'
import { describeIssue } from './issues.ts'
import type { Tls } from './listen.ts'
import { type Finding, formatPath, type Problem } from './problem.ts'
import { type Config, configSchema } from './schema.ts'
import { createView } from './view.ts'

/** A config that can be used, with its warnings; or every problem that keeps it from being used. */
export type LoadedConfig =
  | { readonly ok: true; readonly file: string; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly file: string; readonly problems: readonly Problem[] }

/** Larger than any config a person keeps, small enough to be read at once. */
const MAX_FILE_BYTES = 1024 * 1024

/** The one config file: as named, else `ICECORE_CONFIG`, else `./icecore.yaml`. Never merged from several. */
export function findConfigFile(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return resolve(named ?? (environment.ICECORE_CONFIG || 'icecore.yaml'))
}

export async function loadConfig(path: string, clock: { now(): number } = systemClock): Promise<LoadedConfig> {
  const file = resolve(path)
  try {
    const { size } = await stat(file)
    if (size > MAX_FILE_BYTES) return unreadable(file, `the file is larger than ${MAX_FILE_BYTES} bytes`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
    return parseConfig(file, text, clock.now())
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return unreadable(file, 'there is no such file', '"icecore init" makes a commented one')
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unreadable(file, 'the file is not UTF-8')
    if (code === undefined) throw error
    return unreadable(file, `the file cannot be read (${code})`)
  }
}

function unreadable(file: string, message: string, hint?: string): LoadedConfig {
  const at = { file, line: 1, column: 1, path: '' }
  return { ok: false, file, problems: [{ severity: 'error', code: 'unreadable', message, ...(hint && { hint }), at }] }
}

/** Checks a config's text. `file` is its absolute path, from which relative paths in it count. */
export function parseConfig(file: string, text: string, now: number): LoadedConfig {
  const { document, problems: syntax } = readDocument(file, text)
  if (document === null) return { ok: false, file, problems: syntax }

  const parsed = configSchema.safeParse(document.value)
  const findings = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, document.value)),
    ...(isRecord(document.value) ? checkAcross(document.value, now) : []),
  ]
  const problems = [...syntax, ...findings.map((finding) => place(finding, file, document))].sort(
    (a, b) => a.at.line - b.at.line || a.at.column - b.at.column,
  )
  if (!parsed.success || problems.some(({ severity }) => severity === 'error')) return { ok: false, file, problems }
  const config = deepFreeze(resolvePaths(parsed.data, dirname(file)))
  return { ok: true, file, config, warnings: problems }
}

function checkAcross(root: Readonly<Record<string, unknown>>, now: number): readonly Finding[] {
  const view = createView(root)
  return [
    ...checkListeners(root),
    ...checkIssuers(view),
    ...checkConnections(view),
    ...checkPeople(view),
    ...checkAgents(view, now),
    ...checkAccess(view),
    ...checkOrder(root),
  ]
}

function place(finding: Finding, file: string, document: SourceDocument): Problem {
  const { severity = 'error', code, message, hint, path, atKey } = finding
  const at = { file, ...document.locate(path, atKey), path: formatPath(path) }
  return { severity, code, message, ...(hint === undefined ? {} : { hint }), at }
}

/** Makes every path in the config absolute. */
function resolvePaths(config: Config, folder: string): Config {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path))
  const reference = (text: string): string => {
    const secret = parseSecretReference(text)
    return secret?.source === 'file' ? `\${file:${absolute(secret.argument)}}` : text
  }
  const withCa = <T extends { readonly ca_file?: string | undefined }>(entry: T): T =>
    entry.ca_file === undefined ? entry : { ...entry, ca_file: absolute(entry.ca_file) }
  const listeners = <T extends { readonly tls?: Tls | undefined }>(all: readonly T[]): readonly T[] =>
    all.map((one) => {
      if (one.tls === undefined) return one
      const { certificate, private_key } = one.tls
      return { ...one, tls: { certificate: absolute(certificate), private_key: reference(private_key) } }
    })
  return {
    ...config,
    data: absolute(config.data),
    listen: { ...config.listen, driver: listeners(config.listen.driver), ops: listeners(config.listen.ops) },
    issuers: mapEntries(config.issuers, withCa),
    connections: mapEntries(config.connections, (entry) => {
      const { private_key, passphrase } = entry.credential
      const credential = {
        ...entry.credential,
        private_key: reference(private_key),
        ...(passphrase === undefined ? {} : { passphrase: reference(passphrase) }),
      }
      return { ...withCa(entry), credential }
    }),
    recording: { ...config.recording, key: reference(config.recording.key) },
  }
}

function mapEntries<T>(entries: Readonly<Record<string, T>>, change: (entry: T) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, change(entry)]))
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const child of Object.values(value)) deepFreeze(child)
  return Object.freeze(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
