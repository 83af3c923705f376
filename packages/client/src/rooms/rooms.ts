import type { Room as RoomInfo } from '@parley/message-schema'
import type { ChatError } from '../chat-error.ts'
import type { Store } from '../store.ts'
import type { Room } from './room.ts'

export type { RoomInfo }

export interface RoomListItem {
  /** `info.me` has my role, my rights, `readSeq`, `unread` and `mentions`, as they are now. */
  readonly info: RoomInfo
  /** The latest message, for a line below the name. `null`: there is none, or it is not known yet. */
  readonly latest: LatestMessage | null
  /** Milliseconds since 1970: the latest message, else the making of the room. */
  readonly activeAt: number
}

export interface LatestMessage {
  readonly seq: number
  readonly senderId: string
  readonly senderName: string
  /** `null`: deleted, or something without words. */
  readonly text: string | null
  readonly ts: string
}

export interface RoomList {
  /** `loading` until all rooms were read once; `failed` if they could not be, with `error`. */
  readonly status: 'loading' | 'ready' | 'failed'
  readonly error: ChatError | null
  /** The latest active first. */
  readonly rooms: readonly RoomListItem[]
}

export interface Unread {
  readonly messages: number
  readonly mentions: number
  /** Rooms with something unread. */
  readonly rooms: number
}

export interface NewRoom {
  readonly name: string
  readonly visibility: 'public' | 'private'
  readonly topic?: string
  readonly memberIds?: readonly string[]
}

export interface RoomPage {
  readonly rooms: readonly RoomInfo[]
  readonly cursor: string | null
}

/** My rooms. They stay up to date while the chat is connected. */
export interface Rooms {
  readonly list: Store<RoomList>
  /** The sum of all rooms that are not muted by `notify: none`. */
  readonly unread: Store<Unread>
  /** The same object every time. Of a room that is not mine `info.current` stays `null`. */
  readonly get: (roomId: string) => Room
  readonly create: (room: NewRoom) => Promise<Room>
  /** The conversation with exactly these people: the same one every time. */
  readonly openDm: (userIds: readonly string[]) => Promise<Room>
  /** Public rooms, by the beginning of their name. */
  readonly browse: (query?: { q?: string; cursor?: string; limit?: number }) => Promise<RoomPage>
  readonly join: (roomId: string) => Promise<Room>
  readonly joinByCode: (code: string) => Promise<Room>
  /** Reads the list again after `failed`. */
  readonly reload: () => Promise<void>
  /**
   * Reads `latest` of rooms where it is not known: call it with what is on screen. The first 30 of the
   * list are read by themselves.
   */
  readonly showLatest: (roomIds: readonly string[]) => void
  /** Reads a room again: after a change that its log does not tell, as that of `me.notify`. */
  readonly refresh: (roomId: string) => Promise<void>
}
