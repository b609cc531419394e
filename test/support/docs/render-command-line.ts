/** docs/reference/command-line.md, made from the help of each command. `npm run docs` writes it. */
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import type { CliContext } from '../../../src/cli/context.ts'
import { createProgram, main } from '../../../src/cli/main.ts'

const HEAD = `# Command line

Results go to standard output; everything that is said about them goes to standard error. Exit codes: 0 ok, 1 failed,
2 wrong usage, 3 problems found in a configuration. Errors are told as \`icecore: error: …\`, with what to do as
\`icecore: hint: …\`. Colours are for terminals only, and \`NO_COLOR\` turns them off.

Text from outside (SQL, names, values, messages) is made safe before a terminal sees it: control characters are shown as
\`␛\`, invisible ones, those that change the direction, and look-alikes of Latin letters inside Latin words as \`\\u{202e}\`. The
JSON forms hold the text itself, escaped as JSON.

JSON forms are one object a line. New fields may be added to them; the ones below stay.

This file is made from the commands' own help by \`npm run docs\`.
`

/** What \`--json\` prints, for each command that has it. */
const JSON_FORMS: Readonly<Record<string, string>> = {
  init: `\`{config, recordingKey, privateKey, publicKey}\`: paths of what was made; \`privateKey\` and \`publicKey\` (base64, as
\`RSA_PUBLIC_KEY\` wants it) are null without \`--key-pair\`.`,
  'config check': `\`{ok, file, problems}\`. A problem is \`{severity, code, message, hint?, at: {file, line, column, path}}\`, with
\`severity\` \`error\` or \`warning\`, and the codes of [Problems](configuration.md#problems).`,
  'config schema': 'The JSON Schema (2020-12), with or without `--json`.',
  start: 'Once ready: `{gateway, ops, data, pid}`, addresses as URLs.',
  demo: `Once ready: \`{gateway, ops, emulator, storage, issuer, tokenEndpoint, connections, warehouse, database, schema, role,
principals, data, pid}\`. \`principals\` is a list of \`{name, kind, token}\`. \`POST tokenEndpoint\` with a JSON object of claims
answers \`{access_token}\`, signed by the demo's identity provider.`,
  emulator: 'Once ready: `{url, storage, account, user, password, pid}`.',
  'sessions list': `One object a session: \`{id, opened_lsn, opened_at, principal, principal_name, agent, door, connection, role,
application, application_version, last_at, ended_at, end_reason, statements, denied, failed, rows, bytes}\`. Times are
milliseconds since 1970.`,
  'sessions show': `One object: \`{id, openedAt, opened, renewals, statements, refusals, ended, events, opaqueEvents}\`. A statement is
\`{id, receivedAt, received, decision, decidedAt, reasons, kind, shape, policy, sentAt, queryId, polls, abortsRequested, results,
outcome, endedAt, durationMs, completed, failure, endReason}\`; a result is \`{queryId, schema, deliveries, fetches}\`; a delivery is
\`{part, index, delivery, encoding, firstAt, lastAt, recordedBytes, lsns, complete, rows, sha256, bodyBytes, broken}\`, where
\`sha256\` is that of the HTTP body as sent, content encoding included.`,
  replay: `One object an event, in order: \`{event, lsn, at, session, statement, facts}\`. \`event\` and \`facts\` are those of the
[recording format](recording-format.md); \`at\` is ISO 8601. Rows are left out. The last piece of a delivery (\`event\`
\`result.batch\`, \`facts.last\` true) has in \`facts\` its \`encoding\`, \`rows\`, \`bodyBytes\` and the \`sha256\` of the HTTP body as
sent, and beside them \`recorded: {sha256, bytes}\`, made anew from what lies in the record: for a chunk both must agree. With
\`--bodies\` each piece has its bytes as \`body\`, in base64.`,
}

export async function renderCommandLine(): Promise<string> {
  const sections: string[] = []
  for (const path of listCommands()) {
    const form = JSON_FORMS[path]
    const json = form === undefined ? [] : ['', `With \`--json\`: ${form}`]
    sections.push([`## icecore ${path}`, '', '```text', await readHelp(path), '```', ...json, ''].join('\n'))
  }
  return [HEAD, ...sections].join('\n')
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
  return command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`.trim()))
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
