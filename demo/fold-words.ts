import { displayWidth } from '../src/lib/text/index.ts'

/** The text in lines of at most `width` columns, broken at spaces; a longer word has a line to itself. */
export function foldWords(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line: string | null = null
  for (const word of text.split(' ')) {
    const longer: string = line === null ? word : `${line} ${word}`
    if (line !== null && displayWidth(longer) > width) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line ?? '']
}
