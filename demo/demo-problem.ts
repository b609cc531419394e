/** Something that the person who started the demo can put right: its message is for them. */
export class DemoProblem extends Error {
  override readonly name = 'DemoProblem'
}
