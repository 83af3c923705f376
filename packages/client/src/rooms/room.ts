import type { Event, Member, RoomChange, Room as RoomInfo } from '@parley/message-schema'
import type { Messages } from '../messages/messages.ts'
import type { Store } from '../store.ts'
import type { Reading } from './reading.ts'
import type { Typing } from './typing.ts'

export interface MemberPage {
  readonly members: readonly Member[]
  readonly cursor: string | null
}

/** One room. It costs nothing until `open()`: then its latest messages are read and kept. */
export interface Room {
  readonly id: string
  /** `null` while it is not known, or not mine (any more). Kept up to date by the room's log. */
  readonly info: Store<RoomInfo | null>
  readonly messages: Messages
  readonly typing: Typing
  readonly reading: Reading
  /**
   * Reads the latest messages, and keeps them until as many have closed it as have opened it. Answers
   * what closes it; closing twice counts once. What was read stays a while for a quick return.
   */
  readonly open: () => () => void
  /**
   * Every event of the room from now on: in the order of the log, each once, none left out. Where that
   * cannot be kept (away for too long, or the log was taken back in time) `onReset` is told the head
   * from which it goes on.
   */
  readonly onEvent: (
    listener: (event: Event) => void,
    onReset?: (head: number) => void,
  ) => () => void
  readonly update: (change: RoomChange) => Promise<RoomInfo>
  readonly leave: () => Promise<void>
  readonly delete: () => Promise<void>
  readonly members: {
    readonly list: (query?: {
      q?: string
      role?: string
      cursor?: string
      limit?: number
    }) => Promise<MemberPage>
    /** Goes up whenever members came, went or changed, or may have: read the list again. */
    readonly revision: Store<number>
    readonly add: (userId: string, role?: string) => Promise<void>
    readonly setRole: (userId: string, role: string) => Promise<void>
    readonly remove: (userId: string) => Promise<void>
    readonly mute: (userId: string, options?: { forS?: number; reason?: string }) => Promise<void>
    readonly unmute: (userId: string) => Promise<void>
    readonly ban: (userId: string, options?: { forS?: number; reason?: string }) => Promise<void>
    readonly unban: (userId: string) => Promise<void>
    readonly kick: (userId: string, reason?: string) => Promise<void>
  }
  /** A link that lets whoever has it join. */
  readonly invite: (options?: { role?: string; expiresInS?: number; maxUses?: number }) => Promise<{
    code: string
    expiresAt: string | null
  }>
  readonly inviteUser: (userId: string, role?: string) => Promise<void>
}
