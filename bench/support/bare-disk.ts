/** What the disk itself takes to make a record durable: the floor under every latency with a record in it. */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Latencies, runClosedLoops } from './closed-loops.ts'

const write = promisify(fs.write)
const sync = promisify(fs.fdatasync)

/** Appends blocks to a file in `folder`, each followed by fdatasync, one at a time. */
export async function measureBareDisk(folder: string, seconds: number, blockBytes = 1024): Promise<Latencies> {
  const path = join(folder, 'bare-disk')
  const fd = fs.openSync(path, 'w')
  const bytes = randomBytes(blockBytes)
  let at = 0
  try {
    return await runClosedLoops(seconds, 1, async () => {
      await write(fd, bytes, 0, bytes.length, at)
      await sync(fd)
      at += bytes.length
    })
  } finally {
    fs.closeSync(fd)
    fs.rmSync(path)
  }
}
