/** What the repository does not say, since it speaks of the product alone and is finished where it stands. */
/** Files that must say them. */
export const SAYERS: readonly string[] = ['test/support/architecture/words.ts', 'test/architecture.test.ts']

export const FORBIDDEN_WORDS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/, why: 'what is open is done, or said in the documentation' },
  { pattern: /\bfor now\b|\bnot (?:yet )?implemented\b/i, why: 'what is missing is named as a limit' },
  { pattern: /\bfirst slice\b|\b(?:issue|pull request|ticket) #?\d+\b/i, why: 'plans and their numbers are elsewhere' },
  {
    pattern: /\/work\/(?:main|shared)\b|\/root\/|\bdesign\.md\b/,
    why: 'a reader of the repository cannot follow it',
  },
  {
    pattern: /\b(?:subagent|sub-agent|helper session|work session|language model)\b/i,
    why: 'it says who wrote, not what is',
  },
  { pattern: /https?:\/\/(?:registry|npm|mirror|proxy)\.[\w.-]+/i, why: 'a host of one registry' },
]
