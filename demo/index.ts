/** `icecore demo`: somebody who has heard of Icecore sees it work within a minute, without an account anywhere. */
export { runDemo } from './run-demo.ts'
