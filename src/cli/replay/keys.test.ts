import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readKeys } from './keys.ts'

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['q', ['q']],
  [' +q', [' ', '+', 'q']],
  ['\u001b[A\u001b[5~x', ['up', 'page up', 'x']],
  ['\u001bOC', ['right']],
  ['\u001b', ['escape']],
  ['\r\u007f\u0003', ['enter', 'backspace', 'ctrl-c']],
  ['é日👍', ['é', '日', '👍']],
  // What nobody asked for: a function key, a report of the terminal's, a control character.
  ['\u001b[15~\u001b[12;34R\u0001', []],
]

for (const [input, keys] of CASES) {
  it(`${JSON.stringify(input)} is ${keys.join(', ') || 'no key'}`, () => assert.deepEqual(readKeys(input), keys))
}
