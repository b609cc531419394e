import { wrongArgumentCount } from '../errors.ts'
import { MACRO_ARITIES } from '../library/index.ts'

/** How few and how many arguments the functions take that are no macros. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  DATEADD: [3, 3],
  TIMEADD: [3, 3],
  TIMESTAMPADD: [3, 3],
  DATEDIFF: [3, 3],
  TIMEDIFF: [3, 3],
  TIMESTAMPDIFF: [3, 3],
  DATE_TRUNC: [2, 2],
  DATE_PART: [2, 2],
  CONCAT: [1, Number.POSITIVE_INFINITY],
  OBJECT_CONSTRUCT: [0, Number.POSITIVE_INFINITY],
  OBJECT_CONSTRUCT_KEEP_NULL: [0, Number.POSITIVE_INFINITY],
  ARRAY_CONSTRUCT: [0, Number.POSITIVE_INFINITY],
  DECODE: [3, Number.POSITIVE_INFINITY],
  UNIFORM: [3, 3],
  NVL: [2, 2],
  IFNULL: [2, 2],
  NULLIF: [2, 2],
  TRANSFORM: [2, 2],
}

/** Refuses a call of one of the emulator's own functions with too few or too many arguments. */
export function checkArity(name: string, got: number, isHandled: boolean): void {
  const macro = MACRO_ARITIES.get(name)
  if (macro && !isHandled) {
    if (macro.includes(got)) return
    const least = Math.min(...macro)
    throw wrongArgumentCount(name, got < least ? least : Math.max(...macro), got)
  }
  const [least, most] = RANGES[name] ?? [1, Number.POSITIVE_INFINITY]
  if (got < least) throw wrongArgumentCount(name, least, got)
  if (got > most) throw wrongArgumentCount(name, most, got)
}
