/**
 * The candidate that `word` was most likely meant to be, or undefined when none is near. Case and the choice between
 * `_` and `-` count as nothing, since those are the commonest slips.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word)
  // A third of the letters may be wrong; a longer word is not compared at all, so that the cost stays small.
  const allowed = Math.max(1, Math.floor(wanted.length / 3))
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const folded = fold(candidate)
    if (Math.abs(folded.length - wanted.length) > allowed) continue
    const distance = editDistance(wanted, folded)
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate
}

function fold(word: string): string {
  return word.slice(0, 200).toLowerCase().replaceAll('-', '_')
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
