import type { Message } from '@parley/message-schema'
import { isDeleted, tombstone, type Sender } from './fold-message.ts'
import type { QuotedMessage, SendState, TimelineMessage } from './timeline-message.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { Stored } from '../outbox/outbox-queue.ts'

/** What I have asked for and the log has not told yet. */
export interface Overlay {
  readonly text?: string
  readonly deleted?: true
  readonly pinned?: boolean
  readonly reactions?: ReadonlyMap<string, boolean>
}

const STORED: SendState = { name: 'stored' }
const PENDING: SendState = { name: 'pending' }

type Reactions = Message['reactions']

function wished(reactions: Reactions, wishes: ReadonlyMap<string, boolean>, me: string): Reactions {
  const shown = [...reactions]
  for (const [key, on] of wishes) {
    const at = shown.findIndex((reaction) => reaction.key === key)
    const old = shown[at] ?? { key, count: 0, userIds: [], mine: false }
    if ((old.mine ?? false) === on) continue
    const others = old.userIds.filter((id) => id !== me)
    const userIds = on ? [...others, me].toSorted() : others
    const count = old.count + (on ? 1 : -1)
    if (count <= 0) shown.splice(at, 1)
    else shown.splice(at === -1 ? shown.length : at, 1, { key, count, userIds, mine: on })
  }
  return shown
}

function laidOver(base: Message, overlay: Overlay, meId: string): Message {
  if (isDeleted(base)) return base
  if (overlay.deleted === true) return tombstone(base, base.ts)
  return {
    ...base,
    ...(overlay.text !== undefined && { text: overlay.text }),
    ...(overlay.pinned !== undefined && { pinned: overlay.pinned }),
    ...(overlay.reactions !== undefined && {
      reactions: wished(base.reactions, overlay.reactions, meId),
    }),
  }
}

export function toItem(
  base: Message,
  meId: string | undefined,
  overlay?: Overlay,
  quoted: QuotedMessage | null = null,
): TimelineMessage {
  const message = overlay === undefined ? base : laidOver(base, overlay, meId ?? '')
  return {
    ...message,
    key: base.clientMsgId ?? String(base.seq),
    state: STORED,
    isMine: base.clientMsgId !== undefined || base.sender.id === meId,
    // Who I am may have been learned after the event.
    reactions: message.reactions.map(({ mine, ...reaction }) => ({
      ...reaction,
      mine: mine ?? (meId !== undefined && reaction.userIds.includes(meId)),
    })),
    isChanging: overlay !== undefined && !isDeleted(base),
    ...(message.replyTo !== undefined && { quoted }),
  }
}

export const toQuoted = ({ seq, sender, text }: Message): QuotedMessage => ({
  seq,
  senderName: sender.displayName,
  text,
})

/** One of mine that the log has not told yet. `stored`: it is known where it will stand. */
export function toPendingItem(
  { roomId, clientMsgId, command, createdAt, state, error }: OutboxEntry,
  sender: Sender,
  stored: Stored | null,
  quoted: QuotedMessage | null,
): TimelineMessage | null {
  if (command.kind !== 'send') return null
  const { type = 'text', text = null, attachments = [], mentions = [], ...rest } = command.draft
  const { payload, replyTo, threadId, mentionAll, silent } = rest
  const failed = state === 'failed' && error !== null && stored === null
  return {
    roomId,
    seq: stored?.seq ?? 0,
    msgNo: stored?.msgNo ?? 0,
    type,
    sender,
    text,
    attachments: [...attachments],
    // A program without types may have given anything, and it is kept: nothing else may stand still for it.
    mentions: Array.isArray(mentions) ? [...mentions] : [],
    reactions: [],
    pinned: false,
    version: 0,
    ts: stored?.ts ?? new Date(createdAt).toISOString(),
    clientMsgId,
    key: clientMsgId,
    state: stored !== null ? STORED : failed ? { name: 'failed', error } : PENDING,
    isMine: true,
    isChanging: false,
    ...(payload !== undefined && { payload }),
    ...(replyTo !== undefined && { replyTo, quoted }),
    ...(threadId !== undefined && { threadId }),
    ...(mentionAll !== undefined && { mentionAll }),
    ...(silent === true && { silent }),
  }
}
