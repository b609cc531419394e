/**
 * Shows a test run: a line for each file, each failure in full at the end, and the counts as the last line. A file that
 * crashed or held no test is a failure too, since a test that did not run has shown nothing.
 */
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface FileTally {
  passed: number
  failed: number
  skipped: number
  output: string
}

type Ended = Extract<TestEvent, { readonly type: 'test:pass' | 'test:fail' }>

export class Reporter {
  readonly #root: string
  readonly #print: (text: string) => void
  readonly #files = new Map<string, FileTally>()
  readonly #failures: string[] = []

  constructor(root: string, print: (text: string) => void) {
    this.#root = root
    this.#print = print
  }

  get counts(): TestCounts {
    const total = { passed: 0, failed: 0, skipped: 0 }
    for (const { passed, failed, skipped } of this.#files.values()) {
      total.passed += passed
      total.failed += failed
      total.skipped += skipped
    }
    return total
  }

  take(event: TestEvent): void {
    switch (event.type) {
      case 'test:pass':
      case 'test:fail':
        this.#end(event)
        break
      case 'test:stdout':
      case 'test:stderr':
        this.#tally(event.data.file).output += event.data.message
        break
      case 'test:summary':
        if (event.data.file !== undefined) this.#printFile(event.data.file, event.data.duration_ms)
        break
      default:
    }
  }

  /** A failure that is not one test's: it counts, and is shown with the others. */
  fail(name: string, reason: string): void {
    this.#tally(name).failed += 1
    this.#failures.push(`✖ ${name}\n${indent(reason)}`)
  }

  finish(): void {
    for (const failure of this.#failures) this.#print(`\n${failure}\n`)
    const { passed, failed, skipped } = this.counts
    this.#print(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  }

  #end(event: Ended): void {
    const { name, file, details } = event.data
    if (details.type === 'suite' && !failedItself(event)) return
    if (file !== undefined && name === file) {
      this.#endFile(event, file)
      return
    }
    const tally = this.#tally(file)
    if (isSkipped(event)) {
      tally.skipped += 1
    } else if (event.type === 'test:pass') {
      tally.passed += 1
    } else {
      tally.failed += 1
      this.#failures.push(`✖ ${name}\n  ${this.#place(event)}\n${indent(describe(event))}`)
    }
  }

  /** Node reports a file as a test of its own where it crashed, or where it held no test. */
  #endFile(event: Ended, file: string): void {
    const tally = this.#tally(file)
    const reason = event.type === 'test:pass' ? 'the file holds no test' : describe(event)
    tally.failed += 1
    this.#failures.push(`✖ ${this.#short(file)}\n${indent(`${reason}\n${tally.output}`)}`)
    this.#printFile(file, event.data.details.duration_ms)
  }

  #printFile(file: string, ms: number): void {
    const { passed, failed, skipped } = this.#tally(file)
    const extras = [failed > 0 ? `, ${failed} failed` : '', skipped > 0 ? `, ${skipped} skipped` : ''].join('')
    this.#print(
      `${failed > 0 ? '✖' : '✔'} ${this.#short(file)} (${passed} passed${extras}, ${(ms / 1000).toFixed(1)} s)\n`,
    )
  }

  #place(event: Ended): string {
    const { file, line, column } = event.data
    return file === undefined ? '' : `${this.#short(file)}:${line ?? 0}:${column ?? 0}`
  }

  #short(file: string): string {
    return relative(this.#root, file)
  }

  #tally(file: string | undefined): FileTally {
    const key = file ?? ''
    const known = this.#files.get(key)
    if (known !== undefined) return known
    const fresh = { passed: 0, failed: 0, skipped: 0, output: '' }
    this.#files.set(key, fresh)
    return fresh
  }
}

/** A suite fails with its tests, which are counted; one whose own hook failed counts itself. */
function failedItself(event: Ended): boolean {
  return event.type === 'test:fail' && failureType(event) !== 'subtestsFailed'
}

function isSkipped({ data }: Ended): boolean {
  return data.skip !== undefined && data.skip !== false ? true : data.todo !== undefined && data.todo !== false
}

function failureType(event: Ended): unknown {
  return event.type === 'test:fail' ? Reflect.get(event.data.details.error, 'failureType') : undefined
}

function describe(event: Ended): string {
  if (event.type !== 'test:fail') return ''
  const { error } = event.data.details
  const shown = error.cause ?? error
  return typeof shown === 'string' ? shown : inspect(shown, { depth: 8 })
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ')
}
