/** The player of the page: it, too, runs in a browser, and its source is put into the page as it stands. */
import { formatCount, formatDuration, formatOffset } from '../../../lib/format.ts'
import type { ShownScene } from '../shown-scene.ts'
import type { PageDocument, PageElement, PageEvent, PageWindow } from './dom.ts'
import { drawScene, make, textOf } from './draw-page.ts'

export interface PageFilm {
  readonly idleMs: number
  readonly scenes: readonly ShownScene[]
}

export function runPage(document: PageDocument, window: PageWindow, film: PageFilm): void {
  const { scenes, idleMs } = film
  const part = (id: string): PageElement => {
    const element = document.getElementById(id)
    if (element === null) throw new Error(`there is no ${id} in this page`)
    return element
  }
  const [stage, board, slider, marks] = [part('stage'), part('board'), part('slider'), part('marks')]
  const [play, speed, clock, idle] = [part('play'), part('speed'), part('clock'), part('idle')]
  const [search, found, jump, help] = [part('search'), part('found'), part('jump'), part('help')]
  const length = scenes.at(-1)?.at ?? 0

  let here = 0
  let playing = false
  /** Recorded milliseconds until the next scene, and when the last picture was. */
  let left = 0
  let pictured = 0

  /** The first scene of each statement, and those of the session itself. */
  const cards = scenes.flatMap((scene, at) =>
    scene.statement === null || scene.word === 'statement' ? [{ scene, at }] : [],
  )
  const bad = scenes.flatMap((scene, at) => (scene.tone === 'bad' ? [at] : []))
  const tones = new Map<number, string>()
  for (const { statement, tone } of scenes) {
    if (statement !== null && tone !== 'plain' && tones.get(statement) !== 'bad') tones.set(statement, tone)
  }

  const buttons = cards.map(({ scene, at }) => {
    const tone = scene.statement === null ? scene.tone : (tones.get(scene.statement) ?? 'plain')
    const first = scene.sql?.map((line) => line.map(([, text]) => text).join('')).join(' ') ?? scene.beside
    const button = make(
      document,
      'button',
      `card ${tone}`,
      make(document, 'span', 'number', scene.statement === null ? '' : formatCount(scene.statement)),
      make(document, 'span', 'what', scene.word === 'statement' ? first.slice(0, 120) : `${scene.word} ${first}`),
      make(document, 'span', 'when', formatOffset(scene.at).replace(/\.\d+$/, '')),
    )
    button.setAttribute('type', 'button')
    // One stop for Tab, however many there are: arrows go on from there.
    button.setAttribute('tabindex', '-1')
    button.addEventListener('click', () => wind(at))
    return button
  })
  board.replaceChildren(...buttons.map((button) => make(document, 'li', '', button)))
  marks.replaceChildren(
    ...bad.map((at) => {
      const mark = make(document, 'i', '')
      mark.style.setProperty('left', `${scenes.length < 2 ? 0 : (at / (scenes.length - 1)) * 100}%`)
      return mark
    }),
  )
  let current: PageElement | undefined
  slider.max = String(Math.max(0, scenes.length - 1))

  const gapAfter = (at: number): number => (scenes[at + 1]?.at ?? 0) - (scenes[at]?.at ?? 0)

  function show(at: number): void {
    here = Math.max(0, Math.min(at, scenes.length - 1))
    const scene = scenes[here]
    if (scene === undefined) return
    left = Math.min(Math.max(0, gapAfter(here)), idleMs)
    const shown =
      scene.statement === null
        ? [scene]
        : scenes.slice(0, here + 1).filter(({ statement }) => statement === scene.statement)
    const title = scene.statement === null ? scene.word : `Statement ${formatCount(scene.statement)}`
    const ends = shown.some(({ tone }) => tone !== 'plain') || scene.statement === null
    const header = make(
      document,
      'header',
      'title',
      make(document, 'h2', '', title),
      make(document, 'time', '', `${scene.time} · ${formatOffset(scene.at)}`),
    )
    const sections = shown.map((one) => drawScene(document, one))
    stage.replaceChildren(header, ...sections, ...(ends ? [] : [make(document, 'p', 'running', 'running …')]))
    // From the top, and from there to what happened last, where that is further down.
    header.scrollIntoView({ block: 'nearest' })
    sections.at(-1)?.scrollIntoView({ block: 'nearest' })
    slider.value = String(here)
    slider.setAttribute('aria-valuetext', `${title}, ${formatOffset(scene.at)}`)
    clock.textContent = `${formatOffset(scene.at)} / ${formatOffset(length)}`
    const card = cards.findLastIndex((one) =>
      scene.statement === null ? one.at <= here : one.scene.statement === scene.statement,
    )
    current?.removeAttribute('aria-current')
    current?.setAttribute('tabindex', '-1')
    current = buttons[card]
    current?.setAttribute('aria-current', 'step')
    current?.setAttribute('tabindex', '0')
    current?.scrollIntoView({ block: 'nearest' })
    tell()
  }

  /** What the transport says of itself. */
  function tell(): void {
    play.textContent = playing ? '‖' : '▶'
    play.setAttribute('aria-label', playing ? 'Pause' : 'Play')
    const gap = gapAfter(here)
    idle.textContent = playing && gap > idleMs ? `… ${formatDuration(gap)} idle` : ''
  }

  function wind(at: number): void {
    playing = false
    show(at)
  }

  function toggle(): void {
    if (!playing && here >= scenes.length - 1) show(0)
    playing = !playing
    if (playing) window.requestAnimationFrame(begin)
    tell()
  }

  function begin(now: number): void {
    pictured = now
    run(now)
  }

  function run(now: number): void {
    if (!playing) return
    left -= (now - pictured) * Number(speed.value)
    pictured = now
    if (left <= 0) {
      if (here >= scenes.length - 1) playing = false
      else show(here + 1)
      tell()
    }
    window.requestAnimationFrame(run)
  }

  function changeSpeed(factor: number): void {
    speed.value = String(Math.max(0.5, Math.min(16, Number(speed.value) * factor)))
  }

  function nextBad(): void {
    const next = bad.find((at) => at > here) ?? bad[0]
    if (next !== undefined) wind(next)
  }

  function find(): void {
    const wanted = search.value.toLowerCase()
    if (wanted === '') return
    const order = scenes.map((_, index) => (here + 1 + index) % scenes.length)
    const at = order.find(
      (index) => scenes[index] !== undefined && textOf(scenes[index]).toLowerCase().includes(wanted),
    )
    found.textContent = at === undefined ? 'not found' : ''
    if (at !== undefined) wind(at)
  }

  function go(): void {
    const where = jump.value.trim()
    jump.value = ''
    const parts = where.split(':').map(Number)
    if (parts.some((number) => !(number >= 0)) || where === '') return
    if (parts.length > 1) {
      const ms = parts.reduce((sum, number) => sum * 60 + number, 0) * 1000
      wind(
        Math.max(
          0,
          scenes.findLastIndex(({ at }) => at <= ms),
        ),
      )
      return
    }
    const at = scenes.findIndex(({ statement }) => statement === parts[0])
    if (at >= 0) wind(at)
  }

  const keys: Readonly<Record<string, () => void>> = {
    ' ': toggle,
    k: toggle,
    ArrowRight: () => wind(here + 1),
    n: () => wind(here + 1),
    ArrowLeft: () => wind(here - 1),
    p: () => wind(here - 1),
    Home: () => wind(0),
    End: () => wind(scenes.length - 1),
    e: nextBad,
    '+': () => changeSpeed(2),
    '=': () => changeSpeed(2),
    '-': () => changeSpeed(0.5),
    '/': () => search.focus(),
    g: () => jump.focus(),
    '?': () => help.showModal(),
  }

  document.addEventListener('keydown', (event: PageEvent) => {
    const typing = document.activeElement === search || document.activeElement === jump
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (typing) {
      if (event.key === 'Enter' && document.activeElement === search) find()
      else if (event.key === 'Enter') go()
      if (event.key === 'Escape') {
        search.blur()
        jump.blur()
      }
      return
    }
    // A list is chosen from, and a table is scrolled, with keys that have another meaning elsewhere.
    const focused = document.activeElement as PageElement | null
    if (focused === speed || (focused?.className === 'frame' && /^(Arrow|Home|End)/.test(event.key))) return
    if (focused?.className.startsWith('card') && ['ArrowUp', 'ArrowDown'].includes(event.key)) {
      event.preventDefault()
      buttons[buttons.indexOf(focused) + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
      return
    }
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined
    if (act === undefined) return
    // A space would press the button that has the focus, too.
    event.preventDefault()
    act()
  })
  play.addEventListener('click', toggle)
  part('back').addEventListener('click', () => wind(here - 1))
  part('next').addEventListener('click', () => wind(here + 1))
  part('bad').addEventListener('click', nextBad)
  part('explain').addEventListener('click', () => help.showModal())
  part('close').addEventListener('click', () => help.close())
  slider.addEventListener('input', () => wind(Number(slider.value)))
  part('bad').disabled = bad.length === 0
  show(0)
}
