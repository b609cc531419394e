/** What `--json` prints of commands that make, check or start something. */
import * as z from 'zod'
import { count, flag, listOf, text, textOrNull, url } from './fields.ts'

export const initSchema = z.strictObject({
  config: text('Path of the configuration file.'),
  recordingKey: text('Path of the key that the record is encrypted with.'),
  privateKey: textOrNull('Path of the private key of the Snowflake user; null without `--key-pair`.'),
  publicKey: textOrNull('Its public half in base64, as `RSA_PUBLIC_KEY` wants it; null without `--key-pair`.'),
})

export const problemSchema = z.strictObject({
  severity: z
    .enum(['error', 'warning'])
    .describe('An `error` keeps Icecore from starting; a `warning` is allowed and probably not meant.'),
  code: text('One of [Problems](configuration.md#problems).'),
  message: text('What is wrong.'),
  hint: text('What to do about it, where that is known.').optional(),
  at: z
    .strictObject({
      file: text('Path of the file.'),
      line: count('Line, from 1.'),
      column: count('Column, from 1.'),
      path: text('The way to the value, for example `access[0].when.people[1]`; empty for the whole file.'),
    })
    .describe('Where it stands.'),
})

export const configCheckSchema = z.strictObject({
  ok: flag('Whether the configuration can be used.'),
  file: text('Path of the file that was checked.'),
  problems: listOf(problemSchema).describe('Every problem, in the order of the file.'),
})

export const startSchema = z.strictObject({
  gateway: url('Address of the driver door: of its first listener.'),
  ops: url('Address of health and readiness: of its first listener.'),
  listeners: z
    .strictObject({
      driver: listOf(z.url()).describe('Addresses of the driver door.'),
      ops: listOf(z.url()).describe('Addresses of health and readiness.'),
    })
    .describe('All listeners, in the order of the configuration.'),
  data: text('Folder of the record.'),
  pid: count('Process id.'),
})

export const demoSchema = z.strictObject({
  gateway: url('Address of the driver door.'),
  ops: url('Address of health and readiness.'),
  emulator: url('Address of the warehouse itself, which no agent needs.'),
  storage: url('Address of its result chunks, which stands for cloud storage.'),
  issuer: url('The demo’s identity provider, as the claim `iss`.'),
  tokenEndpoint: url(
    '`POST` a JSON object of claims here; the answer is `{access_token}`, signed by the identity provider.',
  ),
  connections: listOf(z.string()).describe('Names that drivers may give as their account.'),
  warehouse: text('Warehouse of a session that asks for none.'),
  database: text('Its database.'),
  schema: text('Its schema.'),
  role: text('Its role.'),
  principals: listOf(
    z.strictObject({
      name: text('Who it is.'),
      kind: z.enum(['human', 'agent', 'workload']).describe('What the token proves.'),
      token: text('An access token that is good for twelve hours.'),
    }),
  ).describe('Who takes part.'),
  data: text('Folder of configuration, keys and record.'),
  pid: count('Process id.'),
})

export const emulatorSchema = z.strictObject({
  url: url('Address of the account.'),
  storage: url('Address of result chunks, which stands for cloud storage.'),
  account: text('Name of the account.'),
  user: text('The one user.'),
  password: text('Its password, new at each start.'),
  pid: count('Process id.'),
})

export type InitJson = z.output<typeof initSchema>
export type ConfigCheckJson = z.output<typeof configCheckSchema>
export type DemoJson = z.output<typeof demoSchema>
export type EmulatorJson = z.output<typeof emulatorSchema>
