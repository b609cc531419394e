/** `npm run docs`: writes the documents that are made from the source. */
import { writeFileSync } from 'node:fs'
import { renderCommandLine } from './render-command-line.ts'
import { renderConfiguration } from './render-configuration.ts'
import { renderParameters } from './render-parameters.ts'

const DOCUMENTS: Readonly<Record<string, string>> = {
  'command-line': await renderCommandLine(),
  configuration: renderConfiguration(),
  parameters: renderParameters(),
}

for (const [name, text] of Object.entries(DOCUMENTS)) {
  writeFileSync(new URL(`../../../docs/reference/${name}.md`, import.meta.url), text)
}
