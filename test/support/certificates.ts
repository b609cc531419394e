/**
 * Certificate authorities and server certificates, made while a test runs: good ones and ones with a single fault. They
 * are written out in DER by hand (RFC 5280 §4.1), since Node can read certificates and sign, but makes none, and a tool
 * beside it may be absent.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface ServerIdentity {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

export interface ServerCertificateOptions {
  /** IPv4 addresses and host names that the certificate is for; this machine where nothing is said. */
  readonly addresses?: readonly string[]
  readonly hosts?: readonly string[]
  /** Days from now; negative ones have passed. */
  readonly validFrom?: number
  readonly validUntil?: number
}

const DAY_MS = 86_400_000

export class TestAuthority {
  readonly #name: string
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  /** Its own certificate, PEM. */
  readonly pem: string
  #serial = 1

  constructor(name: string) {
    this.#name = name
    const extensions = [
      extension(OID.basicConstraints, sequence(TRUE)),
      // keyCertSign alone.
      extension(OID.keyUsage, tlv(0x03, Buffer.from([2, 0b0000_0100]))),
    ]
    this.pem = this.#certify(name, this.#keys.publicKey, { validFrom: -1, validUntil: 1 }, extensions)
  }

  issue(options: ServerCertificateOptions = {}): ServerIdentity {
    const { addresses = ['127.0.0.1'], hosts = [], validFrom = -1, validUntil = 1 } = options
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const names = [
      ...hosts.map((host) => tlv(0x82, Buffer.from(host))),
      ...addresses.map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
    ]
    const extensions = [extension(OID.basicConstraints, sequence()), extension(OID.subjectAltName, sequence(...names))]
    const cert = this.#certify('server', publicKey, { validFrom, validUntil }, extensions)
    return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
  }

  #certify(
    subject: string,
    publicKey: KeyObject,
    days: Required<Pick<ServerCertificateOptions, 'validFrom' | 'validUntil'>>,
    extensions: readonly Buffer[],
  ): string {
    this.#serial += 1
    const toBeSigned = sequence(
      tlv(0xa0, integer(2)),
      integer(this.#serial),
      ECDSA_WITH_SHA256,
      distinguishedName(this.#name),
      sequence(time(days.validFrom), time(days.validUntil)),
      distinguishedName(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      tlv(0xa3, sequence(...extensions)),
    )
    const signature = sign('sha256', toBeSigned, this.#keys.privateKey)
    return pem(sequence(toBeSigned, ECDSA_WITH_SHA256, tlv(0x03, Buffer.concat([Buffer.alloc(1), signature]))))
  }
}

const OID = {
  commonName: '550403',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const

const TRUE = tlv(0x01, Buffer.from([0xff]))
const ECDSA_WITH_SHA256 = sequence(oid(OID.ecdsaWithSha256))

function tlv(tag: number, content: Buffer): Buffer {
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts))
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'))
}

/** Small and positive. */
function integer(value: number): Buffer {
  return tlv(0x02, Buffer.from([value]))
}

/** UTCTime (RFC 5280 §4.1.2.5.1), good until 2049. */
function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '')
  return tlv(0x17, Buffer.from(text.slice(2)))
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(commonName)))))
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), TRUE, tlv(0x04, value))
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}
