/** Certificates, Icecore's own and those it trusts, and what lies elsewhere: issuers, connections, their clocks. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { SecretSources } from '../../adapters/secrets/index.ts'
import type { ConnectionCheckJson } from '../../api-schema/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import type { Config } from '../config/index.ts'
import { mapListeners } from '../map-config.ts'
import { makeVerifier } from '../reload.ts'
import { readServerCertificate } from '../tls/index.ts'
import { checkClockAgainst } from './check-data.ts'
import { type Finding, failed, ok, problem, skipped, warning } from './finding.ts'
import type { LiveGateway } from './live-gateway.ts'
import { probeServer, trustedBy } from './probe.ts'

const DAY_MS = 86_400_000
/** What expires sooner is renewed now. */
const SOON_MS = 14 * DAY_MS

/** The certificates of files that the configuration names. */
export async function* checkCertificateFiles({ issuers, connections }: Config, now: number): AsyncGenerator<Finding> {
  const files = [...Object.values(issuers), ...Object.values(connections)].flatMap(({ ca_file }) => ca_file ?? [])
  for (const file of new Set(files)) {
    try {
      const blocks = (await readFile(file, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
      const expires = (blocks ?? []).map((pem) => Date.parse(new X509Certificate(pem).validTo))
      yield expires.length === 0
        ? problem(
            'certificates',
            file,
            'it holds no certificate in PEM',
            'Name a file with the authority’s certificate.',
          )
        : judgeExpiry(file, Math.min(...expires), now)
    } catch (error) {
      yield failed('certificates', file, error, 'Name a file with certificates in PEM that Icecore may read.')
    }
  }
}

/** What clients of Icecore are shown: read as a start reads it. */
export async function* checkListenerCertificates(
  config: Config,
  sources: SecretSources,
  now: number,
): AsyncGenerator<Finding> {
  const { driver, ops } = mapListeners(config, () => config)
  for (const { name, files } of [...driver, ...ops]) {
    if (files === null) continue
    try {
      const { leaf } = await readServerCertificate(files, sources)
      yield judgeExpiry(name, Date.parse(leaf.validTo), now)
    } catch (error) {
      yield failed('certificates', name, error, 'Put a certificate and its key there; a running Icecore takes them up.')
    }
  }
}

function judgeExpiry(name: string, expires: number, now: number): Finding {
  const day = new Date(expires).toISOString().slice(0, 10)
  if (expires <= now) return problem('certificates', name, `it expired on ${day}`, 'Put the new certificate there.')
  if (expires - now < SOON_MS) {
    return warning(
      'certificates',
      name,
      `it expires on ${day}`,
      'Renew it; for a server of others, ask whoever runs it.',
    )
  }
  return ok('certificates', name, `it is good until ${day}`)
}

export async function* checkIssuers(config: Config, clock: Clock): AsyncGenerator<Finding> {
  for (const [name, { issuer, ca_file }] of Object.entries(config.issuers)) {
    const only = { ...config, issuers: { [name]: config.issuers[name]! }, people: {}, agents: {} }
    try {
      const [state] = await (await makeVerifier(only, { clock, log: silentLog })).fetchKeys()
      const mend =
        'Check "issuer" and where its keys are (discovery_hosts, jwks_uri); tokens of it are refused until then.'
      if (state === undefined || state.state === 'unavailable') {
        yield problem('issuers', name, `its keys cannot be fetched: ${state?.reason ?? 'no reason'}`, mend)
      } else if (state.keys === 0) {
        yield problem('issuers', name, 'it publishes no key for an accepted algorithm', 'Check "algorithms".')
      } else yield ok('issuers', name, `it publishes ${state.keys} usable ${state.keys === 1 ? 'key' : 'keys'}`)
    } catch (error) {
      yield failed('issuers', name, error, 'Check the entry of the issuer.')
    }
    const ca = ca_file === undefined ? trustedBy(null) : await readFile(ca_file, 'utf8').catch(() => trustedBy(null))
    yield* probe(`issuers.${name}`, issuer, ca, { name: 'the token issuer', setting: 'ca_file of the issuer' }, clock)
  }
}

/** `live`: null where no Icecore runs. */
export async function* checkConnections(
  { connections }: Config,
  live: LiveGateway['connections'] | null,
  clock: Clock,
): AsyncGenerator<Finding> {
  for (const [name, { url, ca_file }] of Object.entries(connections)) {
    const found = live === null || 'untried' in live ? undefined : live.find((connection) => connection.name === name)
    if (live !== null && 'untried' in live) {
      yield skipped('connections', name, `no log-in was tried. ${live.untried}`, 'See: icecore status')
    } else if (found === undefined) {
      yield skipped('connections', name, 'whether Icecore can log in is found by a running one', 'Run: icecore start')
    } else if (found.error === null) {
      yield ok('connections', name, describeLogin(found))
    } else yield problem('connections', name, found.error, found.hint ?? MEND_LOGIN)
    const ca = ca_file === undefined ? null : await readFile(ca_file, 'utf8').catch(() => null)
    const peer = { name: 'Snowflake', setting: 'ca_file of the connection' }
    yield* probe(`connections.${name}`, url, trustedBy(ca), peer, clock)
  }
}

function describeLogin({ user, role, warehouse, session, durationMs }: ConnectionCheckJson): string {
  const place = `role ${role ?? 'none'}, warehouse ${warehouse ?? 'none'}`
  return `Icecore logged in as ${user} (${place}) and out again in ${durationMs} ms, on record as session ${session}`
}

const MEND_LOGIN =
  'Check account, user and key: DESC USER shows at Snowflake whose fingerprint (RSA_PUBLIC_KEY_FP) it knows.'

async function* probe(
  name: string,
  url: string,
  ca: Parameters<typeof probeServer>[1],
  peer: Parameters<typeof probeServer>[2],
  clock: Clock,
): AsyncGenerator<Finding> {
  try {
    const seen = await probeServer(url, ca, peer)
    if (seen.certificateExpires !== null) yield judgeExpiry(name, seen.certificateExpires, clock.now())
    if (seen.clock !== null) yield checkClockAgainst(name, seen.clock, clock.now())
  } catch (error) {
    yield failed('certificates', name, error, 'Check the address, and the way to it: names, firewalls, proxies.')
  }
}
