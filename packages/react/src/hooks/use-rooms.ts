import type { Room, RoomInfo, RoomList, Unread } from '@parley/client'
import { useMemo } from 'react'
import { useChat } from './chat-context.ts'
import { usePacedStore } from './use-paced-store.ts'
import { useStore } from './use-store.ts'

/** My rooms, the latest active first. */
export const useRooms = (): RoomList => usePacedStore(useChat().rooms.list)

/** What is unread in all my rooms together. */
export const useUnread = (): Unread => usePacedStore(useChat().rooms.unread)

export interface UsedRoom {
  readonly room: Room
  /** `null` while it is not known, or not mine. */
  readonly info: RoomInfo | null
}

/** One room and what is known of it. Does not open it: `useMessages` does. */
export function useRoom(roomId: string): UsedRoom {
  const room = useChat().rooms.get(roomId)
  const info = useStore(room.info)
  return useMemo(() => ({ room, info }), [room, info])
}
