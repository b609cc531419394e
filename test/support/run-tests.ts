/**
 * `npm test`: every test of the repository, and with arguments those whose path holds one of them or matches it as a
 * pattern: `npm test -- src/gate 'emulator/**'`. A whole run also shows that every error code is produced by some test.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, matchesGlob } from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ERRORS } from '../../src/errors.ts'
import { Reporter } from './reporter.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TESTS = '{src,emulator,demo,console,test}/**/*.test.ts'
/** Bounds a test, and a whole file: far above what any needs, so that a run always ends. */
const TIMEOUT_MS = 300_000

const patterns = process.argv.slice(2)
process.exitCode = await runTests(patterns)

async function runTests(patterns: readonly string[]): Promise<number> {
  const reporter = new Reporter(ROOT, (text) => process.stdout.write(text))
  const files = globSync(TESTS, { cwd: ROOT, exclude: (name) => name === 'node_modules' })
    .filter((file) => patterns.length === 0 || patterns.some((part) => file.includes(part) || matchesGlob(file, part)))
    .sort()
  const coverage = startErrorCoverage()
  try {
    if (files.length > 0) await report(files, reporter)
    if (patterns.length === 0) checkErrorCoverage(coverage.read(), reporter)
  } finally {
    coverage.remove()
  }
  if (reporter.counts.passed + reporter.counts.failed === 0) reporter.fail('npm test', 'no test ran')
  reporter.finish()
  return reporter.counts.failed === 0 ? 0 : 1
}

async function report(files: readonly string[], reporter: Reporter): Promise<void> {
  const stream = run({
    files: files.map((file) => join(ROOT, file)),
    cwd: ROOT,
    concurrency: Math.max(2, availableParallelism()),
    timeout: TIMEOUT_MS,
  })
  for await (const event of stream) reporter.take(event)
}

interface ErrorCoverage {
  read(): ReadonlySet<string>
  remove(): void
}

/** Children and their children inherit the environment of this process, and with it the preload. */
function startErrorCoverage(): ErrorCoverage {
  const folder = mkdtempSync(join(tmpdir(), 'icecore-test-'))
  const file = join(folder, 'errors')
  writeFileSync(file, '')
  const preload = `--import=${new URL('error-coverage.ts', import.meta.url).href}`
  process.env.ICECORE_ERROR_COVERAGE = file
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, preload].filter(Boolean).join(' ')
  return {
    read: () => new Set(readFileSync(file, 'utf8').split('\n')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function checkErrorCoverage(produced: ReadonlySet<string>, reporter: Reporter): void {
  const missing = Object.keys(ERRORS).filter((code) => !produced.has(code))
  if (missing.length > 0) reporter.fail('error codes that no test produces', missing.join('\n'))
}
