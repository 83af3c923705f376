import {
  invalid,
  ParleyError,
  type LogCommandOf,
  type MessageBody,
  type MessageSent,
} from '@parley/message-schema'
import { may, requireActor, requirePermission, requireVoice, type Standing } from './authority.ts'
import { pairKey, type BatchState } from './batch-state.ts'
import { fingerprintOf } from './fingerprint.ts'
import { heedWords, reportWords } from './heed-words.ts'
import { activeMember, requireRoom } from './membership.ts'
import { earlierEvent, refusePrepared } from './once.ts'
import { widenMentions } from './widen-mentions.ts'

type SendMessage = LogCommandOf<'message:send'>

function toBody(command: SendMessage): MessageBody {
  const { type, text, payload, replyTo, threadId, mentions, mentionAll, silent } = command
  const { files, importedAt, importedEditAt } = command
  return {
    type: type ?? 'text',
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
    ...(files !== undefined && files.length > 0 && { attachments: files }),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
    ...(mentions !== undefined && mentions.length > 0 && { mentions: [...new Set(mentions)] }),
    ...(mentionAll !== undefined && { mentionAll }),
    ...(silent === true && { silent }),
    ...(importedAt !== undefined && { importedAt }),
    ...(importedEditAt !== undefined && { importedEditAt }),
  }
}

function requireReferred(state: BatchState, command: SendMessage, visibleFrom: number): void {
  for (const field of ['replyTo', 'threadId'] as const) {
    const seq = command[field]
    if (seq === undefined) continue
    const message = state.messages.get(pairKey(command.roomId, seq))
    if (message === undefined || seq < visibleFrom) {
      throw invalid(field, 'there is no such message')
    }
    if (field === 'threadId' && message.body.threadId !== undefined) {
      throw invalid(field, `that message is itself in the thread ${message.body.threadId}`)
    }
  }
}

/** One message in so many seconds; the clock is that of the transaction. */
function requireSlowness(state: BatchState, { room, member }: Standing): void {
  if (member === null || room.slowModeS === 0) return
  if (may(state, room, member, 'moderation:exempt')) return
  const nextMs = (member.lastSentAt?.getTime() ?? 0) + room.slowModeS * 1_000
  const waitMs = nextMs - state.now.getTime()
  if (waitMs > 0) throw new ParleyError('SLOW_MODE', { retryAfterMs: waitMs })
}

function requireRights(state: BatchState, command: SendMessage, at: Standing): void {
  requireVoice(state, command.roomId, command.actor, at)
  requirePermission(state, at, 'message:send')
  if ((command.files?.length ?? 0) > 0) requirePermission(state, at, 'message:attach')
  if (command.mentionAll !== undefined) requirePermission(state, at, 'message:mention-all')
  requireReferred(state, command, at.member?.visibleFrom ?? 1)
  refusePrepared(command)
  requireSlowness(state, at)
}

export function sendMessage(state: BatchState, asked: SendMessage): MessageSent {
  const command = widenMentions(asked)
  const { roomId, actor, clientMsgId } = command
  const fingerprint = fingerprintOf(command)
  const earlier = earlierEvent(state, command, 'message:created', fingerprint)
  if (earlier !== undefined) {
    const { seq, msgNo = 0, ts } = earlier
    return { seq, msgNo, ts, dup: true }
  }
  // Whoever wrote what is brought in need not be here, nor ever have been.
  const isImport = command.importedAt !== undefined
  const at = isImport
    ? { room: requireRoom(state, roomId), member: null }
    : requireActor(state, roomId, actor)
  requireRights(state, command, at)

  const { room, member } = at
  const heeded = heedWords(state, at, command)
  const body = toBody(heeded)
  // What is brought in from elsewhere was read there: it is nobody's unread.
  const isCounted = command.importedAt === undefined
  if (isCounted) room.lastMsgNo += 1
  const { seq, ts } = state.append(
    roomId,
    room,
    {
      type: 'message:created',
      actor,
      ...(isCounted && { msgNo: room.lastMsgNo }),
      clientMsgId,
      data: body,
    },
    fingerprint,
  )
  state.messages.set(pairKey(roomId, seq), {
    authorId: actor.id,
    version: 0,
    deleted: false,
    body,
    editedAt: null,
    deletedAt: null,
  })
  if (member !== null && room.slowModeS > 0) {
    member.lastSentAt = state.now
    state.changedMembers.add(pairKey(roomId, actor.id))
  }
  if (body.threadId !== undefined) state.newReplies.push({ roomId, threadSeq: body.threadId, seq })
  if (body.attachments !== undefined) {
    state.newFiles.push({ roomId, seq, files: body.attachments })
  }
  if (isCounted) noteMentions(state, command, body, seq)
  reportWords(state, heeded, seq)
  return { seq, msgNo: isCounted ? room.lastMsgNo : 0, ts }
}

/** `@room` is one row, however many they are; `@here` is those who were there. */
function noteMentions(
  state: BatchState,
  { roomId, actor, hereIds = [] }: SendMessage,
  { mentions = [], mentionAll }: MessageBody,
  seq: number,
): void {
  const note = (userId: string): void => {
    state.newMentions.push({ roomId, userId, seq, actorId: actor.id })
  }
  if (mentionAll === 'room') {
    note('')
    return
  }
  for (const userId of new Set([...mentions, ...(mentionAll === 'here' ? hereIds : [])])) {
    const isOther = userId !== actor.id && activeMember(state, roomId, userId) !== undefined
    if (isOther) note(userId)
  }
}
