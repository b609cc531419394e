/** What a terminal sends for a key, by the name of the key; a character is its own name. */
const SEQUENCES: Readonly<Record<string, string>> = {
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
  '\u001b[5~': 'page up',
  '\u001b[6~': 'page down',
  '\u001b[H': 'home',
  '\u001b[F': 'end',
  '\u001b[1~': 'home',
  '\u001b[4~': 'end',
  '\u001b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'ctrl-c',
  '\u0004': 'ctrl-d',
  '\f': 'ctrl-l',
  '\u001a': 'ctrl-z',
}

/** The keys of one read, which may bring several. Sequences that nobody knows are no keys. */
export function readKeys(input: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal sends ESC before the name of a key
  const sequences = input.match(/\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])?|[^\u001b]/gu) ?? []
  return sequences.flatMap((sequence) => {
    const named = SEQUENCES[sequence]
    if (named !== undefined) return [named]
    return sequence.startsWith('\u001b') || /^\p{Cc}$/u.test(sequence) ? [] : [sequence]
  })
}
