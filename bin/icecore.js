#!/usr/bin/env node
// Plain JavaScript that also an old Node can read, so that it can say what is wrong.
import { existsSync } from 'node:fs'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(`icecore: error: this is Node ${process.versions.node}, and Icecore needs Node 24 or newer\n`)
  process.stderr.write(
    'icecore: hint: in a checkout run it as "npm run icecore --", which finds the Node 24 installed with it\n',
  )
  process.exit(2)
}
// A packed Icecore carries compiled JavaScript; a checkout runs its TypeScript directly.
const built = new URL('../dist/cli/main.js', import.meta.url)
const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : built.href)
process.exitCode = await main(process.argv.slice(2))
