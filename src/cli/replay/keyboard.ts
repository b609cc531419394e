import type { Pacer } from './pacer.ts'

/** Listens for the keys of a replay until it is disposed of. The terminal is given back as it was. */
export function listenForKeys(input: NodeJS.ReadStream, pacer: Pacer): Disposable {
  const wasRaw = input.isRaw
  input.setRawMode(true)
  input.setEncoding('utf8')
  const onData = (keys: string): void => press(keys, pacer)
  input.on('data', onData)
  input.resume()
  return {
    [Symbol.dispose]() {
      input.off('data', onData)
      input.setRawMode(wasRaw)
      input.pause()
    },
  }
}

/** One read may bring several keys; an arrow is a sequence of three characters. */
export function press(keys: string, pacer: Pacer): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal sends ESC before an arrow's letter
  for (const key of keys.match(/\u001b\[[A-D]|[\s\S]/g) ?? []) {
    if (key === ' ') pacer.togglePause()
    else if (key === '.' || key === '\u001b[C') pacer.step()
    else if (key === '+' || key === '=') pacer.changeSpeed(2)
    else if (key === '-') pacer.changeSpeed(0.5)
    // In raw mode Ctrl-C and Ctrl-D are keys like any other.
    else if (key === 'q' || key === '\u0003' || key === '\u0004') pacer.quit()
  }
}
