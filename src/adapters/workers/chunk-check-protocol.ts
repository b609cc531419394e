import type { ChunkForm } from '../../gate/ports.ts'

/** What the gateway's thread and the checking thread say to each other. */
export type CheckRequest =
  | { readonly id: number; readonly start: ChunkForm }
  /** Transferred: the checking thread alone has it then. */
  | { readonly id: number; readonly piece: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly end: true }
  | { readonly id: number; readonly abandon: true }

/** How a chunk ended: its rows, or why it is none. */
export type CheckVerdict =
  | { readonly id: number; readonly rows: number }
  | { readonly id: number; readonly problem: string }

export type CheckReply =
  | CheckVerdict
  /** So many bytes are no longer waiting, whatever came of them. */
  | { readonly taken: number }
