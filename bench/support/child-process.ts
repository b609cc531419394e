/** A process of its own for each part that is measured, so that CPU time and memory are that part's alone. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { FromChild, ToChild, Usage } from './child-side.ts'

export interface Child<Ready> {
  readonly ready: Ready
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** Starts a file with its options as JSON. `nodeArguments` are for Node itself, such as `--cpu-prof`. */
export async function startChild<Ready>(
  file: URL,
  options: unknown,
  nodeArguments: readonly string[] = [],
): Promise<Child<Ready>> {
  const child = fork(file, [JSON.stringify(options)], { execArgv: [...nodeArguments] })
  const message = await nextMessage<Ready>(child)
  if (!('ready' in message)) throw new Error(`${file.pathname} did not say that it is ready`)
  return {
    ready: message.ready,
    async usage() {
      child.send({ ask: 'usage' } satisfies ToChild)
      const answer = await nextMessage<Ready>(child)
      if (!('usage' in answer)) throw new Error(`${file.pathname} did not say what it used`)
      return answer.usage
    },
    async stop() {
      const ended = once(child, 'exit')
      child.send({ ask: 'stop' } satisfies ToChild)
      await ended
    },
  }
}

function nextMessage<Ready>(child: ChildProcess): Promise<FromChild<Ready>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${child.spawnfile} ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as FromChild<Ready>)
    })
  })
}
