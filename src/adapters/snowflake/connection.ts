/** A registered connection, as this adapter needs it. */
import { isIP } from 'node:net'
import { IcecoreError } from '../../errors.ts'
import type { Secret } from '../../lib/secret.ts'
import type { SessionTarget } from './kept-session.ts'

export interface SnowflakeConnection {
  readonly name: string
  /** Address of the account, for example `https://acme-main.snowflakecomputing.com`. */
  readonly url: string
  readonly account: string
  readonly user: string
  readonly credential: KeyPairCredential
  readonly role: string
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  /** PEM of CA certificates that hold besides the system's. */
  readonly ca: string | null
  /** Checks left out for an upstream that is not Snowflake. Empty for Snowflake. */
  readonly loosen: Loosening
}

export interface KeyPairCredential {
  readonly type: 'key_pair'
  /** PEM of an RSA private key, PKCS#8, encrypted or not. */
  readonly privateKey: Secret
  readonly passphrase: Secret | null
}

export interface Loosening {
  /** The upstream has no roles of Snowflake's kind: role and secondary roles are neither set nor read back. */
  readonly withoutRoles?: boolean
  /** The upstream has no session parameters of Snowflake's kind: they are neither set nor read back. */
  readonly withoutParameters?: boolean
  /** Plain http to a host that is not this machine: everything, credentials too, goes in clear. */
  readonly plainHttp?: boolean
  /** Host names of cloud storage that chunks may come from; every host when absent. */
  readonly storageHosts?: readonly string[]
}

/** What a session of this connection is bound to. */
export function targetOf({ url, account, user }: SnowflakeConnection): SessionTarget {
  return { url, account, user }
}

/** The account without its region: sent as ACCOUNT_NAME and named by a JWT (driver-protocol.md#key-pair-jwt). */
export function accountWithoutRegion(account: string): string {
  const separator = account.toLowerCase().includes('.global') ? '-' : '.'
  const end = account.indexOf(separator)
  return end < 0 ? account : account.slice(0, end)
}

/** The origin of a URL, if Icecore may send something there. Rejects with ICE_UPSTREAM_PROTOCOL, without the URL. */
export function permittedUrl(text: string, plainHttp: boolean, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const permitted =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && (plainHttp || isLoopback(url.hostname))))
  // The URL may hold a signature, and an error goes to logs: only its class is told.
  if (!permitted) throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: `${what} is no address that may be used` })
  return url
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true
  return isIP(hostname) === 4 && hostname.startsWith('127.')
}
