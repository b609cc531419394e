const LONGEST_PATH = 256
/** A query id has 36 characters, the token of a link more. */
const LONGEST_SEGMENT = 40

/**
 * A refused path, for the record and the log. It may be, or have once been, a chunk link, which works whoever has it: only
 * that it was one is told. In another spelling of the path it is known by the token's beginning, or by its length.
 */
export function pathForRecord(path: string): string {
  if (path.startsWith('/chunks/')) return '/chunks/…'
  return path
    .replace(/icc_.*$/s, '…')
    .split('/')
    .map((segment) => (segment.length > LONGEST_SEGMENT ? '…' : segment))
    .join('/')
    .slice(0, LONGEST_PATH)
}
