/** What the gateway's thread and the checking thread say to each other. */
export type CheckRequest =
  | { readonly id: number; readonly start: { readonly encoding: 'identity' | 'gzip'; readonly columns: number } }
  | { readonly id: number; readonly piece: Uint8Array }
  | { readonly id: number; readonly end: true }
  | { readonly id: number; readonly abandon: true }

export type CheckReply =
  | { readonly id: number; readonly taken: number }
  | { readonly id: number; readonly rows: number }
  | { readonly id: number; readonly problem: string }
