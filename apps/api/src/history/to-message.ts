import { type Message, tombstoneBody } from '@parley/message-schema'
import type { MessageMarks } from '../db/messages/message-marks-store.ts'
import type { StoredMessage } from '../db/messages/message-store.ts'

type Body = Pick<
  Message,
  | 'text'
  | 'payload'
  | 'attachments'
  | 'previews'
  | 'replyTo'
  | 'threadId'
  | 'mentions'
  | 'mentionAll'
  | 'silent'
  | 'importedAt'
>

/** Of what was brought in it may have been edited where it comes from. */
function editedAtOf({ editedAt, body }: StoredMessage, isDeleted: boolean): { editedAt?: string } {
  if (editedAt !== null) return { editedAt: editedAt.toISOString() }
  const { importedEditAt } = body
  return isDeleted || importedEditAt === undefined ? {} : { editedAt: importedEditAt }
}

function toBody(body: StoredMessage['body']): Body {
  const { text, payload, attachments, previews, replyTo, threadId } = body
  const { mentions, mentionAll, silent, importedAt } = body
  return {
    text: text ?? null,
    attachments: attachments ?? [],
    mentions: mentions ?? [],
    ...(payload !== undefined && { payload }),
    ...(previews !== undefined && { previews }),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
    ...(mentionAll !== undefined && { mentionAll }),
    ...(silent === true && { silent: true as const }),
    ...(importedAt !== undefined && { importedAt }),
  }
}

/** A message as this reader may see it: deleted, nothing of its body is left. */
export function toMessage(
  roomId: string,
  stored: StoredMessage,
  readerId: string,
  marks?: MessageMarks,
): Message {
  const { seq, msgNo, senderId, sender, body, version, clientMsgId } = stored
  const isDeleted = stored.deletedAt !== null || body.deleted === true
  const reactions = isDeleted ? [] : (marks?.reactions ?? [])
  return {
    roomId,
    seq,
    msgNo,
    type: body.type,
    sender: {
      id: senderId,
      username: sender?.username ?? null,
      displayName: sender?.displayName ?? senderId,
      avatarUrl: sender?.avatarUrl ?? null,
    },
    ...toBody(isDeleted ? tombstoneBody(body) : body),
    reactions: reactions.map(({ key, count, userIds, mine }) => ({
      key,
      count,
      userIds: [...userIds],
      ...(mine && { mine }),
    })),
    pinned: !isDeleted && marks?.pinned === true,
    ...(marks?.thread != null && { thread: marks.thread }),
    version,
    ts: stored.ts.toISOString(),
    ...editedAtOf(stored, isDeleted),
    ...(stored.deletedAt !== null && { deletedAt: stored.deletedAt.toISOString() }),
    ...(clientMsgId !== null && senderId === readerId && { clientMsgId }),
  }
}
