import type { Ids } from '../../src/lib/ids.ts'

/** Ids in order, for tests that name them. */
export function countingIds(): Ids {
  let last = 0
  const next = (): number => {
    last += 1
    return last
  }
  return {
    uuid: () => `00000000-0000-4000-8000-${String(next()).padStart(12, '0')}`,
    token: (prefix) => `${prefix}${next()}`,
  }
}
