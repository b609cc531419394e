import { generateKeyPair } from 'node:crypto'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { createKeyFile } from '../adapters/secrets/index.ts'
import type { InitJson } from '../api-schema/index.ts'
import { safeLine } from '../lib/text/index.ts'
import { type CliContext, EXIT, writeJson } from './context.ts'
import { configTemplate } from './init/config-template.ts'
import type { Finish } from './main.ts'
import { reportError } from './report-error.ts'

interface InitOptions {
  readonly keyPair?: true
  readonly json?: true
}

/** Shortest RSA key that Snowflake takes (public documentation). */
const RSA_BITS = 2048

export function addInitCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('init [folder]')
    .description('write a commented configuration, and the key that the record is encrypted with')
    .option('--key-pair', 'make the key pair of the Snowflake user, too, and print the statement that registers it')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nNothing that is there is overwritten.\n\nExample:\n  $ icecore init . --key-pair')
    .action((folder: string | undefined, options: InitOptions) => finish(init(context, folder ?? '.', options)))
}

async function init(context: CliContext, folder: string, options: InitOptions): Promise<number> {
  const base = resolve(folder)
  const config = join(base, 'icecore.yaml')
  const keys = join(base, 'keys')
  const recordingKey = join(keys, 'recording.key')
  const privateKey = join(keys, 'snowflake.p8')
  const wanted = [config, recordingKey, ...(options.keyPair ? [privateKey] : [])]
  for (const path of wanted) {
    if (!(await exists(path))) continue
    reportError(context, `${path} is there already`, 'init never overwrites: name another folder, or move it away')
    return EXIT.failed
  }
  await mkdir(keys, { recursive: true, mode: 0o700 })
  await createKeyFile(recordingKey)
  const publicKey = options.keyPair ? await makeKeyPair(privateKey) : null
  const inConfig = (path: string): string => `./${relative(base, path)}`
  const text = configTemplate({ recordingKey: inConfig(recordingKey), privateKey: inConfig(privateKey) })
  await writeFile(config, text, { flag: 'wx', mode: 0o600 })
  if (options.json)
    await writeJson<InitJson>(context.out, { config, recordingKey, privateKey: publicKey && privateKey, publicKey })
  else describe(context, { config, recordingKey, privateKey, publicKey })
  return EXIT.ok
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

/** Writes the private key for its owner alone; yields the public one as Snowflake wants it: base64 without PEM lines. */
async function makeKeyPair(path: string): Promise<string> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { flag: 'wx', mode: 0o600 })
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
}

interface Made {
  readonly config: string
  readonly recordingKey: string
  readonly privateKey: string
  readonly publicKey: string | null
}

function describe({ out, paintOut }: CliContext, made: Made): void {
  const { config, recordingKey, privateKey, publicKey } = made
  const line = (what: string, path: string): string => `  ${what.padEnd(15)}${safeLine(path)}`
  const registers =
    publicKey === null
      ? [`  1. put the private key of Icecore's Snowflake user at ${safeLine(privateKey)} (mode 0600)`]
      : ['  1. register the public key in Snowflake:', '', `ALTER USER ICECORE SET RSA_PUBLIC_KEY='${publicKey}';`, '']
  out.write(
    [
      paintOut('bold', 'Made:'),
      line('configuration', config),
      line('record key', recordingKey),
      ...(publicKey === null ? [] : [line('private key', privateKey)]),
      '',
      paintOut('bold', 'Next:'),
      ...registers,
      `  2. put your issuer, connection and access rule into ${safeLine(config)}`,
      `  3. icecore config check ${safeLine(config)}`,
      `  4. icecore start --config ${safeLine(config)}`,
      '',
      'In a checkout the command is: npm run -s icecore -- …',
      'Keep a copy of the record key elsewhere: without it no recording can be read.',
      '',
    ].join('\n'),
  )
}
