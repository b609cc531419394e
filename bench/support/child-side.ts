/** What a measured process says to the bench that started it. */

/** Of this process alone, all its threads included. */
export interface Usage {
  readonly cpuSeconds: number
  /** Resident bytes now, and the most seen since the last question. */
  readonly rss: number
  readonly peakRss: number
}

export type ToChild = { readonly ask: 'usage' } | { readonly ask: 'stop' }
export type FromChild<Ready> = { readonly ready: Ready } | { readonly usage: Usage }

/** Memory is looked at this often, so that a peak between two questions is seen. */
const LOOK_MS = 50

/** Says that the process is ready, and answers until it is told to stop, or the bench is gone. */
export function serveBench<Ready>(ready: Ready, stop: () => Promise<void>): void {
  let peakRss = 0
  const look = (): number => {
    const rss = process.memoryUsage.rss()
    peakRss = Math.max(peakRss, rss)
    return rss
  }
  const timer = setInterval(look, LOOK_MS)
  const say = (message: FromChild<Ready>): void => void process.send?.(message)
  const end = async (): Promise<void> => {
    clearInterval(timer)
    await stop()
    process.disconnect()
  }
  process.on('message', ({ ask }: ToChild) => {
    if (ask === 'stop') return void end()
    const rss = look()
    const { user, system } = process.cpuUsage()
    say({ usage: { cpuSeconds: (user + system) / 1e6, rss, peakRss } })
    peakRss = rss
  })
  // Nobody is left to stop it.
  process.once('disconnect', () => process.exit())
  say({ ready })
}
