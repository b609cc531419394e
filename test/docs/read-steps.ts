/**
 * Reads a document as a list of things to do, so that a test can follow it word by word. What a fence is for stands in a
 * comment above it, which readers do not see:
 *
 * - `<!-- run -->`, `<!-- run, exit 1 -->`: the commands end with that code;
 * - `<!-- run in the background until: TEXT -->`: they go on once they have said the text, to the end of the document;
 * - `<!-- shows -->`: each line of the fence is found in what the commands before it printed;
 * - `<!-- file: PATH -->`: the file that the reader is told to write;
 * - `<!-- not run: WHY -->`: left to the reader.
 */
export type Step =
  | { readonly step: 'run'; readonly line: number; readonly commands: string; readonly exit: number }
  | { readonly step: 'background'; readonly line: number; readonly commands: string; readonly until: string }
  | { readonly step: 'shows'; readonly line: number; readonly lines: readonly string[] }
  | { readonly step: 'file'; readonly line: number; readonly path: string; readonly text: string }

const MARKED_FENCE = /^<!-- (?<mark>.+?) -->\n```\w*\n(?<body>[\s\S]*?)^```$/gm

export function readSteps(markdown: string): readonly Step[] {
  return [...markdown.matchAll(MARKED_FENCE)].flatMap(({ groups, index }) => {
    const mark = groups?.mark ?? ''
    const line = markdown.slice(0, index).split('\n').length
    return /^not run: ./.test(mark) ? [] : [readStep(mark, groups?.body ?? '', line)]
  })
}

function readStep(mark: string, body: string, line: number): Step {
  const until = /^run in the background until: (.+)$/.exec(mark)?.[1]
  if (until !== undefined) return { step: 'background', line, commands: body, until }
  const path = /^file: (.+)$/.exec(mark)?.[1]
  if (path !== undefined) return { step: 'file', line, path, text: body }
  if (mark === 'shows') return { step: 'shows', line, lines: body.trimEnd().split('\n') }
  const exit = /^run(?:, exit (\d+))?$/.exec(mark)
  if (exit === null) throw new Error(`line ${line}: nobody knows how to "${mark}"`)
  return { step: 'run', line, commands: body, exit: Number(exit[1] ?? 0) }
}
