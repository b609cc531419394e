/**
 * Preloaded into every process of a full test run: notes each error code that the process produces, so that the run
 * can name the codes that no test has produced. Children inherit it by NODE_OPTIONS, and threads as processes do.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'

/** The environment variable that names the file the codes go to, one a line. */
const FILE = process.env.ICECORE_ERROR_COVERAGE

if (FILE !== undefined) {
  const seen = new Set<unknown>()
  subscribe('icecore.error', (code) => {
    if (seen.has(code)) return
    seen.add(code)
    appendFileSync(FILE, `${String(code)}\n`)
  })
}
