/** docs/reference/command-line.md, made from the help of each command. `npm run docs` writes it. */
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { JSON_FORMS, toJsonSchema } from '../../../src/api-schema/index.ts'
import type { CliContext } from '../../../src/cli/context.ts'
import { createProgram, main } from '../../../src/cli/main.ts'
import { renderFields, renderSharedForms } from './render-json-form.ts'

const HEAD = `# Command line

Results go to standard output; everything that is said about them goes to standard error. Exit codes: 0 ok, 1 failed,
2 wrong usage, 3 problems found, 4 warnings found. Errors are told as \`icecore: error: …\`, with what to do as
\`icecore: hint: …\`. Colours are for terminals only, and \`NO_COLOR\` turns them off.

Text from outside (SQL, names, values, messages) is made safe before a terminal sees it: control characters are shown as
\`␛\`, invisible ones, those that change the direction, and look-alikes of Latin letters inside Latin words as \`\\u{202e}\`. The
JSON forms hold the text itself, escaped as JSON.

JSON forms are one object a line. New fields may be added to them; the ones below stay. \`a.b\` stands for the field \`b\` of
the object \`a\`, \`a[]\` for an item of the list \`a\`, \`a.NAME\` for a field with a name from outside.

This file is made from the commands' own help and from the schemas in \`src/api-schema/\` by \`npm run docs\`. A test
(\`test/docs/json-forms.test.ts\`) runs the commands and holds what they print to the same schemas.
`

const SHARED = `## Shared forms

The facts of each type of event, which \`replay\` prints and of which \`sessions show\` holds some; and what these are made of.
`

export async function renderCommandLine(): Promise<string> {
  const sections: string[] = []
  for (const path of listCommands()) {
    sections.push(
      [`## icecore ${path}`, '', '```text', await readHelp(path), '```', ...renderForm(path), ''].join('\n'),
    )
  }
  return [HEAD, ...sections, SHARED, renderSharedForms()].join('\n')
}

function renderForm(path: string): readonly string[] {
  const form = JSON_FORMS[path]
  if (form === undefined) return []
  const fields = form.schema === null ? [] : ['', renderFields(toJsonSchema(form.schema))]
  return ['', `With \`--json\`: ${form.printed}`, ...fields]
}

/** Commands that do something, by their words. `sessions replay` is `replay` under another name. */
function listCommands(): readonly string[] {
  return leaves(createProgram(quietContext().context).program, '').filter((path) => path !== 'sessions replay')
}

/** Commands of which nobody wrote down what `--json` prints. */
export function listUndocumentedForms(): readonly string[] {
  return listCommands().filter((path) => JSON_FORMS[path] === undefined)
}

type Command = ReturnType<typeof createProgram>['program']

function leaves(command: Pick<Command, 'commands'>, path: string): readonly string[] {
  if (command.commands.length === 0) return [path]
  // What begins with two underscores is called by scripts of completion alone.
  const shown = command.commands.filter((child) => !child.name().startsWith('__'))
  return shown.flatMap((child) => leaves(child, `${path} ${child.name()}`.trim()))
}

async function readHelp(path: string): Promise<string> {
  const { context, out } = quietContext()
  const printed = readAll(out)
  await main([...path.split(' '), '--help'], context)
  out.end()
  return (await printed).trim()
}

function quietContext(): { readonly context: CliContext; readonly out: PassThrough } {
  const out = new PassThrough()
  const paint = (_: unknown, text: string): string => text
  const environment = { COLUMNS: '100' }
  const context = { out, err: new PassThrough(), input: process.stdin, environment, paintOut: paint, paintErr: paint }
  return { context, out }
}
