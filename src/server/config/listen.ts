/** The section `listen`: where the doors are, and how what passes them is kept from being read on the way. */
import * as z from 'zod'
import { count, duration, oneOf, origin, secret, text } from './scalar.ts'

const tlsSchema = z.strictObject({
  certificate: text({ form: 'a path' }).describe(
    'PEM file with the certificate, and behind it those of the authorities between it and the one that clients trust. Read again when it changes, and on SIGHUP.',
  ),
  private_key: secret().describe(
    'PEM of its private key, not encrypted. As a file it must be readable by its owner only.',
  ),
})

export type Tls = z.output<typeof tlsSchema>

function listener(port: number) {
  return z.strictObject({
    host: text({ pattern: /^[\w.:%-]+$/, form: 'an address or a host name', max: 255 })
      .prefault('127.0.0.1')
      .describe('Address to listen on. Beyond loopback it wants `tls`; `localhost` is 127.0.0.1.'),
    port: count({ min: 0, max: 65_535 }).prefault(port).describe('Port to listen on; 0 takes any free one.'),
    tls: tlsSchema.optional().describe('Certificate and key.'),
    plain_http: oneOf(['behind_proxy'], {
      true: 'plain HTTP is for proxies that end TLS: write "behind_proxy", and their addresses under trusted_proxies',
    })
      .optional()
      .describe(
        'Loosens the rule that a listener beyond loopback has TLS: a proxy ends TLS before it. Only `trusted_proxies` are let in.',
      ),
  })
}

function driverListener(port: number) {
  return listener(port).extend({
    public_url: origin()
      .optional()
      .describe('Address under which drivers reach this listener; else the `public_url` of the file, else its own.'),
  })
}

/** One, or a list of them: yields a list. */
function oneOrMore<S extends z.ZodObject>(one: S) {
  const { $schema: _, ...each } = z.toJSONSchema(one, { io: 'input' })
  const either = { ...each, type: ['object', 'array'], items: each, minItems: 1 }
  return z
    .unknown()
    .meta(either as Readonly<Record<string, unknown>>)
    .transform((value, context): readonly z.output<S>[] => {
      const parsed = Array.isArray(value) ? z.array(one).min(1).safeParse(value) : one.safeParse(value)
      if (parsed.success) return [parsed.data].flat() as z.output<S>[]
      context.issues.push(...(parsed.error.issues as typeof context.issues))
      return z.NEVER
    })
}

export const listenSchema = z.strictObject({
  driver: oneOrMore(driverListener(8484))
    .prefault({})
    .describe('The door for Snowflake drivers: one listener, or a list.'),
  ops: oneOrMore(listener(8485))
    .prefault({})
    .describe('Health and metrics, for the people who run Icecore: one listener, or a list.'),
  connections: count({ min: 8, max: 1_000_000 })
    .prefault(4096)
    .describe('Most TCP connections of one listener at a time, those in their TLS handshake included.'),
  tls_handshake: duration({ min: '100ms', max: '2m' })
    .prefault('10s')
    .describe('Time in which a TLS handshake must be done, after which the connection is closed.'),
})

export type DriverListener = z.output<typeof listenSchema>['driver'][number]
