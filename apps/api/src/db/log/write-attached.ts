import { v7 as uuidv7 } from 'uuid'
import { pairKey, type BatchState } from '../../room-log/batch-state.ts'
import { toBytes } from '../binary-id.ts'
import { releaseMessageFiles, writeMessageFiles } from '../files/message-files.ts'
import { writeWordReports } from '../rooms/report-rows.ts'
import type { Writes } from './writes.ts'

/** What hangs on messages and rooms beside their events. */
export function writeAttached(writes: Writes, state: BatchState): void {
  writes.insert(
    'room_mention (room_id, user_id, seq, actor_id)',
    '(?,?,?,?)',
    state.newMentions.map(({ roomId, userId, seq, actorId }) => [
      toBytes(roomId),
      userId,
      seq,
      actorId,
    ]),
  )
  writes.insert(
    'thread_reply (room_id, thread_seq, seq)',
    '(?,?,?)',
    state.newReplies.map(({ roomId, threadSeq, seq }) => [toBytes(roomId), threadSeq, seq]),
  )
  // Each event that carries previews has a row, so that its body is found when the message is erased.
  writes.insert(
    'message_preview (room_id, seq, event_seq)',
    '(?,?,?)',
    state.newPreviews.map(({ roomId, seq, eventSeq }) => [toBytes(roomId), seq, eventSeq]),
  )
  writeMessageFiles(writes, state)
  writeWordReports(writes, state)
  writeReactions(writes, state)
  writePins(writes, state)
  for (const id of state.changedInvites) {
    const { uses, closedAt } = state.invites.get(id) ?? {}
    writes.run('UPDATE room_invite SET uses = ?, closed_at = COALESCE(closed_at, ?) WHERE id = ?', [
      uses,
      closedAt,
      toBytes(id),
    ])
  }
  writes.insert(
    'command_retry (id, number, created_at)',
    '(?,?,?)',
    Array.from(state.newRetries, ([id, number]) => [toBytes(id), number, state.now]),
    'ON DUPLICATE KEY UPDATE number = VALUES(number)',
  )
  writes.insert(
    'audit_entry (id, at, actor_id, actor_kind, action, room_id, target_id, details)',
    '(?,?,?,?,?,?,?,?)',
    state.newAudit.map(({ actor, action, roomId, targetId, details }) => [
      toBytes(uuidv7()),
      state.now,
      actor.id,
      actor.kind,
      action,
      toBytes(roomId),
      targetId,
      details === null ? null : JSON.stringify(details),
    ]),
  )
  // Last, since what is erased may have been written in this very batch.
  for (const { roomId, seq } of state.erasedMessages) eraseMessage(writes, state, roomId, seq)
}

function writeReactions(writes: Writes, state: BatchState): void {
  const set: unknown[][] = []
  const counted = new Map<string, unknown[]>()
  for (const [reaction, { roomId, seq, key, userId }] of state.changedReactions) {
    const id = toBytes(roomId)
    const eventSeq = state.reactions.get(reaction)
    if (eventSeq !== undefined) set.push([id, seq, key, userId, eventSeq])
    else {
      writes.run(
        `DELETE FROM message_reaction
         WHERE room_id = ? AND seq = ? AND reaction_key = ? AND user_id = ?`,
        [id, seq, key, userId],
      )
    }
    const count = state.reactionCounts.get(pairKey(roomId, seq))?.get(key) ?? 0
    counted.set(`${roomId}/${seq}/${key}`, [id, seq, key, count])
  }
  writes.insert(
    'message_reaction (room_id, seq, reaction_key, user_id, event_seq)',
    '(?,?,?,?,?)',
    set,
    'ON DUPLICATE KEY UPDATE event_seq = VALUES(event_seq)',
  )
  writes.insert(
    'message_reaction_count (room_id, seq, reaction_key, count)',
    '(?,?,?,?)',
    [...counted.values()],
    'ON DUPLICATE KEY UPDATE count = VALUES(count)',
  )
  for (const [id, seq, key, count] of counted.values()) {
    if (count !== 0) continue
    writes.run(
      'DELETE FROM message_reaction_count WHERE room_id = ? AND seq = ? AND reaction_key = ?',
      [id, seq, key],
    )
  }
}

function writePins(writes: Writes, state: BatchState): void {
  const set: unknown[][] = []
  for (const [pin, { roomId, seq, pinnedBy }] of state.changedPins) {
    const eventSeq = state.pins.get(pin)
    if (eventSeq !== undefined) set.push([toBytes(roomId), seq, pinnedBy, eventSeq])
    else {
      writes.run('DELETE FROM room_pin WHERE room_id = ? AND seq = ?', [toBytes(roomId), seq])
    }
  }
  writes.insert(
    'room_pin (room_id, seq, pinned_by, event_seq)',
    '(?,?,?,?)',
    set,
    'ON DUPLICATE KEY UPDATE pinned_by = VALUES(pinned_by), event_seq = VALUES(event_seq)',
  )
}

function eraseMessage(writes: Writes, state: BatchState, roomId: string, seq: number): void {
  const at = [toBytes(roomId), seq]
  const tombstone = JSON.stringify(state.messages.get(pairKey(roomId, seq))?.body)
  writes.run('UPDATE room_event SET data = ?, fingerprint = NULL WHERE room_id = ? AND seq = ?', [
    tombstone,
    ...at,
  ])
  writes.run(
    `UPDATE room_event e JOIN message_version v ON v.room_id = e.room_id AND v.event_seq = e.seq
     SET e.data = CONCAT('{"version":', v.version, ',"deleted":true}'), e.fingerprint = NULL
     WHERE v.room_id = ? AND v.seq = ? AND v.version > 0`,
    at,
  )
  writes.run(
    `UPDATE room_event e JOIN message_preview p ON p.room_id = e.room_id AND p.event_seq = e.seq
     SET e.data = CONCAT('{"version":', JSON_EXTRACT(e.data, '$.version'), ',"deleted":true}')
     WHERE p.room_id = ? AND p.seq = ?`,
    at,
  )
  releaseMessageFiles(writes, state.now, at)
  for (const table of ['room_mention', 'message_preview', ...HANGING]) {
    writes.run(`DELETE FROM ${table} WHERE room_id = ? AND seq = ?`, at)
  }
}

const HANGING = ['message_reaction', 'message_reaction_count', 'room_pin']
