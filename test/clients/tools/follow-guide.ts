import assert from 'node:assert/strict'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSteps, type Step } from '../../docs/read-steps.ts'
import { runCommand } from '../kits/run-command.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const STEP_MS = 300_000

export interface Reader {
  /** Where the reader works: an empty folder. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** The addresses of the page in place of which this reader's own stand. */
  readonly places: Readonly<Record<string, string>>
}

/** Does what a page of `docs/guides/clients/` says; rejects with the line at which it does not hold. */
export async function followGuide(page: string, reader: Reader): Promise<void> {
  // Packages that a reader would install here.
  await symlink(join(ROOT, 'node_modules'), join(reader.folder, 'node_modules'))
  let printed = ''
  for (const step of readSteps(await readFile(join(ROOT, 'docs/guides/clients', `${page}.md`), 'utf8'))) {
    try {
      printed = await takeStep(step, reader, printed)
    } catch (error) {
      throw new Error(`line ${step.line}: ${(error as Error).message}`)
    }
  }
}

/** Resolves with what the last command printed. */
async function takeStep(step: Step, reader: Reader, printed: string): Promise<string> {
  switch (step.step) {
    case 'file': {
      const path = join(reader.folder, step.path)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, localise(step.text, reader))
      return printed
    }
    case 'run': {
      const { code, stdout, stderr } = await runCommand(['bash', '-ec', localise(step.commands, reader)], {
        cwd: reader.folder,
        environment: { ...reader.environment, NO_COLOR: '1', COLUMNS: '120' },
        timeoutMs: STEP_MS,
      })
      assert.equal(code, step.exit, `it ended with ${code}: ${lastLines(`${stdout}${stderr}`)}`)
      return `${stdout}${stderr}`
    }
    case 'shows':
      for (const line of step.lines) assert.ok(printed.includes(line), `"${line}" is not in: ${lastLines(printed)}`)
      return printed
    case 'background':
      throw new Error('nothing stays in the background here')
  }
}

function localise(text: string, { places }: Reader): string {
  return Object.entries(places).reduce((so, [place, own]) => so.replaceAll(place, own), text)
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n')
}
