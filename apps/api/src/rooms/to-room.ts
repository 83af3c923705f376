import {
  isAllowed,
  LIMITS,
  PERMISSION_NAMES,
  type HistoryPolicy,
  type MemberRole,
  type NotifyLevel,
  type Permission,
  type RoleDefinition,
  type RoleOverrides,
  type Room,
  type RoomKind,
  type Visibility,
} from '@parley/message-schema'
import { definitionOf } from '../room-log/authority.ts'

export interface RoomFacts {
  readonly id: string
  readonly kind: RoomKind
  readonly name: string | null
  readonly visibility: Visibility
  readonly topic: string | null
  readonly avatarUrl: string | null
  readonly frozen: boolean
  readonly archived: boolean
  readonly history: HistoryPolicy
  readonly slowModeS: number
  readonly retentionDays: number | null
  readonly roleOverrides: RoleOverrides | null
  readonly createdAt: Date
  readonly head: number
  readonly lastMsgNo: number
  readonly memberCount: number
}

/** One person's part in a room. */
export interface Part {
  readonly role: MemberRole
  /** Of a role that is not built in. */
  readonly customRole: RoleDefinition | undefined
  readonly readSeq: number
  readonly joinedAt: Date
  readonly mutedUntil: Date | null
  /** What counts, after what the person chose for this room and for all. */
  readonly notify: NotifyLevel
}

export interface RoomView {
  readonly facts: RoomFacts
  readonly me: (Part & { readonly unread: number; readonly mentions: number }) | null
  readonly peers: readonly { readonly id: string; readonly displayName: string }[]
}

/** What somebody of this role may do in this room. */
export function permissionsOf(
  { kind, roleOverrides }: Pick<RoomFacts, 'kind' | 'roleOverrides'>,
  { role, customRole }: Pick<Part, 'role' | 'customRole'>,
): Permission[] {
  const definition = definitionOf(kind, role, customRole)
  return PERMISSION_NAMES.filter((one) => isAllowed(one, role, definition, roleOverrides))
}

/** A mute that is over is none. */
export const muteEnd = (mutedUntil: Date | null): string | null =>
  mutedUntil !== null && mutedUntil.getTime() > Date.now() ? mutedUntil.toISOString() : null

export function toRoom({ facts, me, peers }: RoomView): Room {
  const { history, slowModeS, retentionDays, roleOverrides, createdAt, ...shown } = facts
  const { memberCount } = facts
  return {
    ...shown,
    features: {
      typing: memberCount <= LIMITS.typingMembers,
      readReceipts: memberCount <= LIMITS.receiptMembers ? 'people' : 'counts',
      notifyAll: memberCount <= LIMITS.notifyAllMembers,
    },
    settings: { history, slowModeS, retentionDays, roleOverrides },
    createdAt: createdAt.toISOString(),
    ...(me !== null && {
      me: {
        role: me.role,
        permissions: permissionsOf(facts, me),
        readSeq: me.readSeq,
        unread: me.unread,
        mentions: me.mentions,
        mutedUntil: muteEnd(me.mutedUntil),
        notify: me.notify,
      },
    }),
    ...(facts.kind !== 'room' && { peers: [...peers] }),
  }
}
