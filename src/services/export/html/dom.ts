/** The few parts of a browser that the page uses: the rest of this program runs where there is none, and must not see more. */
export interface PageElement {
  textContent: string | null
  className: string
  hidden: boolean
  value: string
  disabled: boolean
  max: string
  readonly offsetTop: number
  readonly style: { setProperty(name: string, value: string): void }
  append(...nodes: readonly (PageElement | string)[]): void
  replaceChildren(...nodes: readonly (PageElement | string)[]): void
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  addEventListener(type: string, listener: (event: PageEvent) => void): void
  scrollIntoView(options: { readonly block: 'nearest' }): void
  focus(): void
  blur(): void
  showModal(): void
  close(): void
}

export interface PageEvent {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly target: unknown
  preventDefault(): void
}

export interface PageDocument {
  title: string
  readonly activeElement: unknown
  createElement(name: string): PageElement
  getElementById(id: string): PageElement | null
  addEventListener(type: string, listener: (event: PageEvent) => void): void
}

export interface PageWindow {
  /** Calls back with a monotonic time in milliseconds before the next picture. */
  requestAnimationFrame(callback: (now: number) => void): unknown
}
