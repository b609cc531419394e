/**
 * Adds the items at the end. `push(...items)` hands each over as an argument of its own, and what a client sent has
 * more of them than the stack has room.
 */
export function append<T>(target: T[], items: Iterable<T>): void {
  for (const item of items) target.push(item)
}
