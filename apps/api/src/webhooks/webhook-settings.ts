/** What a delivery has to know of its webhook. */
export interface WebhookSettings {
  readonly id: string
  readonly url: string
  /** The newest first; the one before it while it still counts. */
  readonly secrets: readonly Buffer[]
  /** Null: all. */
  readonly events: ReadonlySet<string> | null
  readonly roomIds: ReadonlySet<string> | null
  /** Events from before are not sent. */
  readonly startsAt: Date
  readonly isDisabled: boolean
  /** It has asked to be left alone for now. */
  readonly isOnHold: boolean
}

export const wantsRoom = ({ roomIds }: WebhookSettings, roomId: string): boolean =>
  roomIds === null || roomIds.has(roomId)
