import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/**
 * A value that must not be seen: printed, logged or serialised it shows `[secret]`. `reveal()` is the one way to the
 * value, a named call that the architecture test allows in few folders.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
