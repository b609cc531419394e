/** Looks at everything that Icecore needs, and says of each what was seen and what would mend it. Changes nothing. */

import type { SecretSources } from '../../adapters/secrets/index.ts'
import type { StatusJson } from '../../api-schema/index.ts'
import type { Clock } from '../../lib/clock.ts'
import type { LoadedConfig } from '../config/index.ts'
import { checkClockAgainstRecord, checkDisk, checkIndex, checkJournal, checkKeys } from './check-data.ts'
import { checkCertificateFiles, checkConnections, checkIssuers, checkListenerCertificates } from './check-peers.ts'
import { type Finding, ok, problem, skipped, warning } from './finding.ts'
import type { LiveGateway } from './live-gateway.ts'

export interface DoctorTools {
  readonly loaded: LoadedConfig
  readonly sources: SecretSources
  /** What the Icecore that runs with this configuration says; null where none runs. */
  readonly live: LiveGateway | null
  readonly clock: Clock
}

export async function* examine({ loaded, sources, live, clock }: DoctorTools): AsyncGenerator<Finding> {
  if (!loaded.ok) {
    for (const { message, hint, at } of loaded.problems) {
      yield problem('configuration', `${at.file}:${at.line}:${at.column}`, message, hint ?? 'See: icecore config check')
    }
    return
  }
  for (const { message, hint, at } of loaded.warnings) {
    yield warning('configuration', `${at.file}:${at.line}:${at.column}`, message, hint ?? 'See: icecore config check')
  }
  if (loaded.warnings.length === 0) yield ok('configuration', loaded.file, 'it has no problems')
  const { config } = loaded
  yield* checkGateway(live?.status ?? null)
  yield* checkDisk(config)
  const kek = yield* checkKeys(config, sources)
  if (kek === null) yield skipped('journal', null, 'it cannot be read without the key')
  else {
    yield* checkClockAgainstRecord(yield* checkJournal(config.data, kek), clock.now())
    yield* checkIndex(config.data, kek)
  }
  yield* checkListenerCertificates(config, sources, clock.now())
  yield* checkCertificateFiles(config, clock.now())
  yield* checkIssuers(config, clock)
  yield* checkConnections(config, live?.connections ?? null, clock)
}

function* checkGateway(status: StatusJson | null): Generator<Finding> {
  if (status === null) return yield skipped('gateway', null, 'no gateway is running')
  const { pid, state, reasons, config, recorded } = status
  const mend = 'See: icecore status'
  if (state === 'ready') yield ok('gateway', null, `process ${pid} is ready`)
  else yield problem('gateway', null, `process ${pid} is not ready: ${reasons.join('; ')}`, mend)
  if (!recorded) yield warning('gateway', 'record', 'that it was asked for this is not on record', mend)
  if (config.restartNeeded.length > 0) {
    const waiting = `${config.restartNeeded.join(', ')} hold from the next start`
    yield warning('gateway', 'configuration', waiting, 'Restart Icecore: sessions go on.')
  }
}
