import type { Message } from '@parley/message-schema'
import type { StoredMessage } from '../db/message-store.ts'

/** A message as this reader may see it: deleted, nothing of its body is left. */
export function toMessage(roomId: string, stored: StoredMessage, readerId: string): Message {
  const { seq, msgNo, senderId, sender, body, version, clientMsgId } = stored
  const isDeleted = stored.deletedAt !== null || body.deleted === true
  const { type, text, payload, replyTo, threadId, mentions } = body
  return {
    roomId,
    seq,
    msgNo,
    type,
    sender: {
      id: senderId,
      username: sender?.username ?? null,
      displayName: sender?.displayName ?? senderId,
      avatarUrl: sender?.avatarUrl ?? null,
    },
    text: isDeleted ? null : (text ?? null),
    attachments: [],
    mentions: isDeleted ? [] : (mentions ?? []),
    reactions: [],
    pinned: false,
    version,
    ts: stored.ts.toISOString(),
    ...(!isDeleted && payload !== undefined && { payload }),
    ...(!isDeleted && replyTo !== undefined && { replyTo }),
    ...(!isDeleted && threadId !== undefined && { threadId }),
    ...(stored.editedAt !== null && { editedAt: stored.editedAt.toISOString() }),
    ...(stored.deletedAt !== null && { deletedAt: stored.deletedAt.toISOString() }),
    ...(clientMsgId !== null && senderId === readerId && { clientMsgId }),
  }
}
