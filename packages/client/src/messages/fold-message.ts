import type { Event, EventOf, Message } from '@parley/message-schema'

export type Sender = Message['sender']
type Reaction = Message['reactions'][number]

export interface Folded {
  /** The same object if the event changed nothing. */
  readonly message: Message
  /** The event does not say all of it: the message is to be read. */
  readonly mustRead: boolean
}

/** The API names so many people of a reaction. A list as long as that may not be all of them. */
const NAMED = 10

export const isDeleted = (message: { readonly deletedAt?: string | undefined }): boolean =>
  message.deletedAt !== undefined

/** A message as its creation tells it, before anything else was said about it. */
export function messageFromEvent(
  roomId: string,
  { seq, ts, msgNo = 0, clientMsgId, data }: EventOf<'message:created'>,
  sender: Sender,
): Message {
  const { type, text, payload, attachments, previews, replyTo, threadId } = data
  const { mentions, mentionAll, silent, importedAt, importedEditAt, deleted } = data
  const envelope = {
    roomId,
    seq,
    msgNo,
    type,
    sender,
    reactions: [],
    pinned: false,
    version: 0,
    ts,
  }
  const mine = clientMsgId === undefined ? {} : { clientMsgId }
  if (deleted === true) {
    return { ...envelope, text: null, attachments: [], mentions: [], deletedAt: ts, ...mine }
  }
  return {
    ...envelope,
    text: text ?? null,
    attachments: attachments ?? [],
    mentions: mentions ?? [],
    ...(payload !== undefined && { payload }),
    ...(previews !== undefined && { previews }),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
    ...(mentionAll !== undefined && { mentionAll }),
    ...(silent === true && { silent }),
    ...(importedAt !== undefined && { importedAt }),
    ...(importedEditAt !== undefined && { editedAt: importedEditAt }),
    ...mine,
  }
}

/**
 * What is left of a deleted message. Its place in a thread is kept here, which the API forgets: it is
 * not to come out of its thread by being deleted.
 */
export function tombstone(message: Message, deletedAt: string): Message {
  const { payload, previews, replyTo, mentionAll, silent, importedAt, ...kept } = message
  return {
    ...kept,
    text: null,
    attachments: [],
    mentions: [],
    reactions: [],
    pinned: false,
    deletedAt,
  }
}

function foldUpdate(message: Message, event: EventOf<'message:updated'>): Folded {
  const { version, text, payload, previews, sealed, deleted } = event.data
  const isNew = version > message.version
  const same = { message, mustRead: false }
  if (isDeleted(message)) {
    return isNew ? { message: { ...message, version, editedAt: event.ts }, mustRead: false } : same
  }
  if (deleted === true) {
    const edited = isNew ? { ...message, version, editedAt: event.ts } : message
    return { message: tombstone(edited, event.ts), mustRead: false }
  }
  const isSilent = text === undefined && payload === undefined
  // Read again even if the version is known: the preview of the same one is sealed as well.
  if (sealed === true && isSilent) return { message, mustRead: version >= message.version }
  if (isSilent) {
    if (previews === undefined || version !== message.version) return same
    return { message: { ...message, previews }, mustRead: false }
  }
  if (!isNew) return same
  // Previews belong to the links of the text that they were found in.
  const { previews: old, ...rest } = message
  const kept = text === undefined && old !== undefined ? { ...rest, previews: old } : rest
  const change = { ...(text !== undefined && { text }), ...(payload !== undefined && { payload }) }
  return {
    message: { ...kept, ...change, version, editedAt: event.ts },
    mustRead: sealed === true,
  }
}

interface ReactionStep {
  readonly reaction: Reaction
  readonly isSure: boolean
}

/** All who reacted so are named: an event that was counted already is seen to be so. */
function stepWhole(old: Reaction, on: boolean, userId: string, meId?: string): ReactionStep {
  const others = old.userIds.filter((id) => id !== userId)
  const userIds = on ? [...others, userId].toSorted() : others
  const mine = meId !== undefined && userIds.includes(meId)
  const reaction = { key: old.key, count: userIds.length, userIds, ...(mine && { mine }) }
  return { reaction, isSure: true }
}

/** Whether this one is in the number already cannot be told: the message is read again. */
function stepCounted(old: Reaction, on: boolean, userId: string, meId?: string): ReactionStep {
  const isMe = userId === meId
  const isNamed = old.userIds.includes(userId) || (isMe && old.mine === true)
  const userIds = on
    ? isNamed || old.userIds.length >= NAMED
      ? old.userIds
      : [...old.userIds, userId].toSorted()
    : old.userIds.filter((id) => id !== userId)
  const isNot = isMe && !on && old.mine !== true
  const change = on ? (isNamed ? 0 : 1) : isNot ? 0 : -1
  const mine = isMe ? on : old.mine === true
  const count = Math.max(0, old.count + change)
  return { reaction: { key: old.key, count, userIds, ...(mine && { mine }) }, isSure: false }
}

function foldReaction(
  message: Message,
  { data: { key, on }, actor }: EventOf<'reaction:changed'>,
  meId?: string,
): Folded {
  if (isDeleted(message)) return { message, mustRead: false }
  const at = message.reactions.findIndex((reaction) => reaction.key === key)
  const old = message.reactions[at] ?? { key, count: 0, userIds: [] }
  const isWhole = old.count <= old.userIds.length && old.userIds.length < NAMED
  const step = isWhole ? stepWhole : stepCounted
  const { reaction, isSure } = step(old, on, actor.id, meId)
  const isSame =
    reaction.count === old.count && reaction.userIds.join('\n') === old.userIds.join('\n')
  if (isSame && (reaction.mine ?? false) === (old.mine ?? false)) {
    return { message, mustRead: !isSure }
  }
  const reactions = [...message.reactions]
  if (reaction.count === 0) reactions.splice(at, 1)
  else reactions.splice(at === -1 ? reactions.length : at, 1, reaction)
  return { message: { ...message, reactions }, mustRead: !isSure }
}

/**
 * A message with one event about it. Every step is harmless if the message is as of later than the
 * event, since a page is read after the head that it names: the events that follow make it right.
 */
export function foldEvent(message: Message, event: Event, meId?: string): Folded {
  if (event.type === 'message:updated') return foldUpdate(message, event)
  if (event.type === 'reaction:changed') return foldReaction(message, event, meId)
  if (event.type === 'message:deleted') {
    if (message.deletedAt === event.ts) return { message, mustRead: false }
    return { message: tombstone(message, event.ts), mustRead: false }
  }
  const isPin = event.type === 'pin:changed' && !isDeleted(message)
  if (!isPin || message.pinned === event.data.on) return { message, mustRead: false }
  return { message: { ...message, pinned: event.data.on }, mustRead: false }
}

/** The first message of a thread, after a reply at `seq`. The count is as of `lastSeq` at least. */
export function foldReply(root: Message, seq: number): Message {
  const { replies, lastSeq } = root.thread ?? { replies: 0, lastSeq: 0 }
  if (seq <= lastSeq) return root
  return { ...root, thread: { replies: replies + 1, lastSeq: seq } }
}
