/** Closed loops: each asks again when its answer is in. */
import { quantile } from './figures.ts'

export interface Latencies {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

export async function runClosedLoops(
  seconds: number,
  loops: number,
  once: (loop: number) => Promise<unknown>,
): Promise<Latencies & { readonly count: number }> {
  const times: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  const loop = async (index: number): Promise<void> => {
    for (let now = performance.now(); now < end; ) {
      await once(index)
      const after = performance.now()
      times.push(after - now)
      now = after
    }
  }
  await Promise.all(Array.from({ length: loops }, (_, index) => loop(index)))
  const elapsed = performance.now() - start
  times.sort((a, b) => a - b)
  const perSecond = (times.length / elapsed) * 1000
  return { perSecond, p50: quantile(times, 0.5), p99: quantile(times, 0.99), count: times.length }
}
