import type { MessageBody, PushPayload, RoomKind } from '@parley/message-schema'
import type { NotifyReason } from './decide-notification.ts'

/** What a notice is made of, as it is when it is handed over. */
export interface NoticeFacts {
  readonly roomId: string
  readonly seq: number
  readonly count: number
  readonly reason: NotifyReason
  readonly ts: Date
  readonly room: { readonly kind: RoomKind; readonly name: string | null }
  readonly sender: { readonly id: string; readonly name: string }
  readonly body: MessageBody
  /** Whether it may say who wrote what. */
  readonly previews: boolean
}

/** So that the whole stays below the 4 KiB that push services take. */
const BODY_CHARACTERS = 240
const TITLE_CHARACTERS = 100

export function cutText(text: string, characters: number): string {
  const flat = text.trim().replaceAll(/\s+/gu, ' ')
  // No more is taken apart than can be needed: a text may be long.
  const letters = Array.from(flat.slice(0, characters * 2 + 2))
  return letters.length <= characters ? flat : `${letters.slice(0, characters - 1).join('')}…`
}

/** A line that says what the message is, for people. */
export function describeBody({ text, attachments = [] }: MessageBody, characters: number): string {
  if (text !== undefined) return cutText(text, characters)
  if (attachments.length === 1) return `File: ${cutText(attachments[0]?.name ?? '', 80)}`
  return attachments.length > 1 ? `${attachments.length} files` : 'New message'
}

export function toPushPayload(facts: NoticeFacts): PushPayload {
  const { roomId, seq, count, reason, ts, room, sender, body, previews } = facts
  const shared = { type: 'message', roomId, seq, count, reason, ts: ts.toISOString() } as const
  if (!previews) {
    return { ...shared, title: 'New message', body: count > 1 ? `${count} new messages` : '' }
  }
  const line = describeBody(body, BODY_CHARACTERS)
  const from = { id: sender.id, name: cutText(sender.name, TITLE_CHARACTERS) }
  const isDirect = room.kind === 'dm' || room.name === null
  return {
    ...shared,
    title: isDirect ? from.name : cutText(room.name, TITLE_CHARACTERS),
    body: isDirect ? line : `${from.name}: ${line}`,
    from,
  }
}
