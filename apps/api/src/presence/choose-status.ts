import type { MyPresence, StatusChange } from '@parley/message-schema'
import type { PresenceStore } from '../db/users/presence-store.ts'

export interface ChooseStatusPorts {
  readonly presence: Pick<PresenceStore, 'choose' | 'chosen'>
  /** Gateways that hold the user read the choice. */
  readonly notifyUsers: (userIds: string[]) => void
}

export const readStatus = async (
  userId: string,
  presence: Pick<PresenceStore, 'chosen'>,
): Promise<MyPresence> => {
  const chosen = (await presence.chosen([userId])).get(userId)
  return { status: chosen?.status ?? 'online', text: chosen?.text ?? null }
}

/** Of one person, for all their devices, until they choose again. */
export type ChooseStatus = (change: StatusChange) => Promise<MyPresence>

export function createChooseStatus({ presence, notifyUsers }: ChooseStatusPorts): ChooseStatus {
  return async ({ text, ...change }) => {
    const words = text === undefined ? {} : { text: text?.trim() === '' ? null : text }
    await presence.choose({ ...change, ...words })
    notifyUsers([change.userId])
    return readStatus(change.userId, presence)
  }
}
