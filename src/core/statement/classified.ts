import { Refusal } from './refusal.ts'
import type { Token } from './token.ts'
import type { Effect, StateChange } from './types.ts'

/** What the words of one statement say, before anything inside it is looked at. */
export interface Classified {
  readonly kind: string
  readonly effects: readonly Effect[]
  readonly stateChanges?: readonly StateChange[]
  readonly fileTransfer?: true
  /** A statement that this one holds in plain tokens: what EXPLAIN explains, what a task will run. */
  readonly inner?: { readonly tokens: readonly Token[]; readonly role: 'explained' | 'deferred' }
  /** The literal that EXECUTE IMMEDIATE runs. */
  readonly immediate?: Token
}

export function unknownStatement(tokens: readonly Token[], at = 0): Refusal {
  const words: string[] = []
  for (const token of tokens.slice(0, 4)) {
    if (token.type !== 'word') break
    words.push(token.text)
  }
  const reason =
    words.length === 0
      ? 'Icecore does not know a statement that begins like this'
      : `Icecore does not know this form of the statement ${words.join(' ')}`
  return new Refusal('unknown_statement', reason, (tokens[at] ?? tokens.at(-1))?.start ?? 0)
}

export function scriptingBlock(token: Token | undefined): Refusal {
  return new Refusal(
    'scripting_block',
    'Icecore does not run scripting blocks, since they can hide any statement; send the statements one by one',
    token?.start ?? 0,
  )
}
