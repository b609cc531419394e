import * as z from 'zod'
import { flag, identifier, oneOf, secret, text, webUrl } from './scalar.ts'

const credential = z.strictObject({
  type: oneOf(['key_pair']).describe('How Icecore logs in: `key_pair` signs a JWT with an RSA private key.'),
  private_key: secret().describe('PEM of the private key (PKCS#8).'),
  passphrase: secret().optional().describe('Passphrase of an encrypted private key.'),
})

const loosen = z.strictObject({
  without_roles: flag()
    .prefault(false)
    .describe('The upstream has no roles of Snowflake’s kind: role and secondary roles are not read back.'),
  without_parameters: flag()
    .prefault(false)
    .describe('The upstream has no session parameters of Snowflake’s kind: they are neither set nor read back.'),
})

/** A Snowflake account as agents may reach it, with the one credential that only Icecore holds. */
export const connectionSchema = z.strictObject({
  url: webUrl({ bare: true }).describe(
    'Address of the account, for example `https://acme-main.snowflakecomputing.com`.',
  ),
  account: text({ pattern: /^[A-Za-z0-9_.-]+$/, form: 'an account identifier', max: 256 }).describe(
    'Account identifier, for example `acme-main`.',
  ),
  user: identifier().describe('Snowflake user that Icecore logs in as. It serves every agent of this connection.'),
  credential: credential.describe('The credential of that user.'),
  role: identifier().describe('Role of a session that asks for none.'),
  warehouse: identifier().optional().describe('Warehouse of a session that asks for none.'),
  database: identifier().optional().describe('Database of a session that asks for none.'),
  schema: identifier().optional().describe('Schema of a session that asks for none. Wants `database`.'),
  storage_hosts: z
    .array(text({ max: 255, form: 'a host name' }))
    .optional()
    .describe('Hosts of cloud storage that result chunks may come from. Without it every host.'),
  ca_file: text({ form: 'a path' })
    .optional()
    .describe(
      'PEM file with the CA certificates that the account’s TLS certificate is checked against, besides the system’s.',
    ),
  loosen: loosen.prefault({}).describe('Checks that are left out, for an upstream that is not Snowflake.'),
})

export type Connection = Readonly<z.output<typeof connectionSchema>>
