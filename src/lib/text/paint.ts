import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Colours text, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string

/** For a stream: colour on terminals only, and never with NO_COLOR, as `styleText` decides. */
export function createPaint(stream: NodeJS.WritableStream): Paint {
  return (format, text) => styleText(format, text, { stream })
}

/** For a file that a terminal shows later. */
export const alwaysPaint: Paint = (format, text) => styleText(format, text, { validateStream: false })
