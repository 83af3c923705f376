import type { TimelineMessage } from '@parley/client'
import type { User } from '@parley/message-schema'

export const user = (id: string, displayName: string): User => ({
  id,
  username: id,
  displayName,
  avatarUrl: null,
  kind: 'account',
  createdAt: '2026-01-01T00:00:00.000Z',
})

/** A stored message of somebody: what is not named is as plain as can be. */
export function message(
  seq: number,
  sender: User,
  text: string | null,
  more: Partial<TimelineMessage> = {},
): TimelineMessage {
  return {
    key: `m${seq}`,
    roomId: 'room-1',
    seq,
    msgNo: seq,
    type: 'text',
    sender,
    text,
    attachments: [],
    mentions: [],
    reactions: [],
    pinned: false,
    version: 0,
    ts: new Date(Date.UTC(2026, 0, 1, 9, 0, seq)).toISOString(),
    state: { name: 'stored' },
    isMine: false,
    isChanging: false,
    ...more,
  }
}
