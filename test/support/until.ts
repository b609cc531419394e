import assert from 'node:assert/strict'

const DEADLINE_MS = 30_000
const LOOK_MS = 10

/** Resolves when the condition holds; fails when it does not in a time that is far above what any test needs. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `in ${DEADLINE_MS} ms it did not come true that ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
