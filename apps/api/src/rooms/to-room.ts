import type { HistoryPolicy, MemberRole, Room, RoomKind, Visibility } from '@parley/message-schema'

export interface RoomFacts {
  readonly id: string
  readonly kind: RoomKind
  readonly name: string | null
  readonly visibility: Visibility
  readonly topic: string | null
  readonly history: HistoryPolicy
  readonly createdAt: Date
  readonly head: number
  readonly lastMsgNo: number
  readonly memberCount: number
}

/** One person's part in a room. */
export interface Part {
  readonly role: MemberRole
  readonly readSeq: number
  readonly joinedAt: Date
}

export interface RoomView {
  readonly facts: RoomFacts
  readonly me: (Part & { readonly unread: number; readonly mentions: number }) | null
  readonly peers: readonly { readonly id: string; readonly displayName: string }[]
}

/** Above this, typing notices would cost more than they tell. */
const TYPING_MEMBERS = 100

export function toRoom({ facts, me, peers }: RoomView): Room {
  const { history, createdAt, ...shown } = facts
  return {
    ...shown,
    features: { typing: facts.memberCount <= TYPING_MEMBERS },
    settings: { history },
    createdAt: createdAt.toISOString(),
    ...(me !== null && {
      me: { role: me.role, readSeq: me.readSeq, unread: me.unread, mentions: me.mentions },
    }),
    ...(facts.kind !== 'room' && { peers: [...peers] }),
  }
}
