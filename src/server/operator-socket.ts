/**
 * The socket in the data folder. Node cannot ask who is at the other end of it (`SO_PEERCRED`), so the file system says
 * who may come: the folder is its owner's alone, and so is the socket. Only root passes by that.
 */
import { chmod, lstat, mkdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { type FastifyInstance, fastify } from 'fastify'
import { IcecoreError } from '../errors.ts'

export interface OperatorSocket {
  readonly path: string
  close(): Promise<void>
}

/** `sun_path` of macOS, with its closing zero; Linux has 108. */
const MOST_PATH_BYTES = 103
const BODY_BYTES = 64 * 1024
/** Each is a descriptor, which the doors of agents need, too. */
const CONNECTIONS = 128
/** A request must be in by then. */
const REQUEST_MS = 30_000
/** Whatever fits into a head: an id that nobody has is answered by the door, and not by the router in a form of its own. */
const MOST_PARAMETER_CHARACTERS = 16 * 1024

/** Rejects with ICE_OPERATOR_SOCKET. The caller holds the data folder: a socket that nobody answers at is a dead one's. */
export async function listenOnSocket(path: string, register: (app: FastifyInstance) => void): Promise<OperatorSocket> {
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) {
    throw unusable(path, `its path has more than ${MOST_PATH_BYTES} bytes`, 'Choose a data folder with a shorter path.')
  }
  try {
    await makePrivateFolder(dirname(path))
    await removeDeadSocket(path)
    // Who watches a tail would keep the process from ending.
    const app = fastify({
      logger: false,
      forceCloseConnections: true,
      bodyLimit: BODY_BYTES,
      requestTimeout: REQUEST_MS,
      exposeHeadRoutes: false,
      routerOptions: { maxParamLength: MOST_PARAMETER_CHARACTERS },
    })
    app.server.maxConnections = CONNECTIONS
    register(app)
    await app.listen({ path })
    await chmod(path, 0o600)
    return { path, close: () => app.close() }
  } catch (error) {
    if (error instanceof IcecoreError) throw error
    throw unusable(path, (error as NodeJS.ErrnoException).code ?? (error as Error).message)
  }
}

async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  if (!found.isDirectory()) throw unusable(folder, 'it is no folder')
  if (found.uid !== process.geteuid?.()) throw unusable(folder, `the folder belongs to user ${found.uid}`)
  await chmod(folder, 0o700)
}

async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found === null) return
  if (!found.isSocket()) throw unusable(path, 'something else lies there')
  if (await answers(path)) throw unusable(path, 'another process answers there')
  await rm(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function unusable(path: string, reason: string, hint?: string): IcecoreError {
  return new IcecoreError('ICE_OPERATOR_SOCKET', { path, reason }, hint === undefined ? {} : { hint })
}
