/** Text for people: what comes from outside is made safe to show, measured, cut and laid out. */
export { closest } from './closest.ts'
