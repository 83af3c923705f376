/** A line of an export, as docs/search-and-transfer.md shows it. There may be more in it. */
export type ExportLine =
  | {
      readonly kind: 'room'
      readonly version: number
      readonly roomId: string
      readonly name: string | null
      readonly head: number
      /** The first event that I may see. */
      readonly visibleFrom: number
    }
  | {
      readonly kind: 'message'
      readonly id: string
      readonly seq: number
      readonly senderId: string
      readonly sender: { readonly id: string; readonly displayName: string }
      readonly type: string
      readonly ts: string
      readonly version: number
      readonly text?: string
      readonly payload?: Readonly<Record<string, unknown>>
      readonly replyTo?: number
      readonly threadId?: number
      readonly editedAt?: string
      readonly deleted?: true
    }
  | { readonly kind: 'end'; readonly messages: number; readonly head: number }

/** The messages of a room as they come. It is read once, in one of two ways. */
export interface RoomExport {
  /** One after the other, the line `end` too. Throws if the export was cut off. */
  readonly lines: () => AsyncIterable<ExportLine>
  /** All of it, a JSON object a line: a file to be kept. Rejects if it was cut off. */
  readonly blob: () => Promise<Blob>
}
