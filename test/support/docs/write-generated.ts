/** `npm run docs`: writes the documents that are made from tables of the source. */
import { writeFileSync } from 'node:fs'
import { renderParameters } from './render-parameters.ts'

writeFileSync(new URL('../../../docs/reference/parameters.md', import.meta.url), renderParameters())
