/** Recordings in forms that leave Icecore: an asciicast, and a page that plays by itself. */
export { type CastFrame, type CastOptions, encodeAsciicast } from './asciicast.ts'
export { encodeHtml, type HtmlOptions } from './html/index.ts'
export { SceneShower, type ShownScene } from './shown-scene.ts'
