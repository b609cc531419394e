/** Ties the emulator's server together: two ports, an engine between them, and one way to end it all. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Engine, EngineHost } from '../engine.ts'
import { Faults } from '../faults.ts'
import type { EmulatorOptions, EmulatorUser } from '../options.ts'
import { AccountPort } from './account-port.ts'
import { ControlEndpoint } from './control-endpoint.ts'
import { Inspection } from './inspection.ts'
import { QueryLog } from './query-log.ts'
import { QueryRunner } from './query-runner.ts'
import { RequestLog } from './request-log.ts'
import { ResultSpool } from './result-spool.ts'
import { Sessions } from './sessions.ts'
import { StorageLinks } from './storage-links.ts'
import { StoragePort } from './storage-port.ts'
import { Users } from './users.ts'

export interface EmulatorServer {
  /** Where the account answers: a driver's `accessUrl`. */
  readonly url: string
  /** Where result chunks come from; the control endpoint lies under `/__emulator/`. */
  readonly storageUrl: string
  readonly account: string
  readonly faults: Faults
  readonly inspect: Inspection
  addUser(user: EmulatorUser): void
  /** As `ALTER USER … SET RSA_PUBLIC_KEY`; makes the user when there is none. */
  registerKey(user: string, publicKeyPem: string): void
  /** As `ALTER USER … ADD PROGRAMMATIC ACCESS TOKEN`; makes the user when there is none. */
  registerAccessToken(user: string, token: string): void
  /** As a token that an OAuth integration of the account has issued; makes the user when there is none. */
  registerOAuthToken(user: string, token: string): void
  close(): Promise<void>
}

const SWEEP_EVERY_MS = 60_000

export async function startServer(
  options: EmulatorOptions,
  createEngine: (host: EngineHost) => Promise<Engine>,
): Promise<EmulatorServer> {
  const { now } = options
  const users = new Users(options.users)
  const faults = new Faults(options.faults)
  const requests = new RequestLog(options.maxHistory)
  const log = new QueryLog(options)
  const sessions = new Sessions(options, faults)
  const inspect = new Inspection(requests, log, sessions)
  const engine = await createEngine(log)

  const storageServer = createServer()
  const storageUrl = await listen(storageServer, options.host, options.storagePort)
  const links = new StorageLinks({ storageUrl, validityMs: options.chunkUrlValidityMs, now })
  const control = new ControlEndpoint(faults, inspect)
  const storagePort = new StoragePort({ control, faults, links, log, requests, now })
  serve(storageServer, (request, response) => storagePort.handle(request, response))

  const spool = new ResultSpool(options)
  const runner = new QueryRunner({ log, spool, faults, now })
  const accountPort = new AccountPort({
    ...options,
    users,
    faults,
    requests,
    log,
    sessions,
    engine,
    runner,
    answers: { links, faults, bigIntegers: options.bigIntegers, unknownFields: options.unknownFields, now },
  })
  const accountServer = createServer()
  serve(accountServer, (request, response) => accountPort.handle(request, response))
  const url = await listen(accountServer, options.host, options.port).catch(async (error: unknown) => {
    // What stands already would keep the process alive.
    await stop(storageServer)
    await engine.close()
    throw error
  })

  const sweeper = setInterval(() => void sessions.sweep(), SWEEP_EVERY_MS)
  sweeper.unref()

  return {
    url,
    storageUrl,
    account: options.account,
    faults,
    inspect,
    addUser: (user) => void users.add(user),
    registerKey: (user, publicKeyPem) => void users.registerKey(user, publicKeyPem),
    registerAccessToken: (user, token) => void users.registerAccessToken(user, token),
    registerOAuthToken: (user, token) => void users.registerOAuthToken(user, token),
    close: async () => {
      clearInterval(sweeper)
      log.cancelAll()
      await Promise.all([stop(accountServer), stop(storageServer)])
      await sessions.endAll()
      await engine.close()
      await spool.close()
    },
  }
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function serve(server: Server, handle: Handle): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A handler answers its own errors; what escapes it is a connection that broke.
    handle(request, response).catch(() => request.socket.destroy())
  })
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  server.off('error', reject)
  const address = server.address() as AddressInfo
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
