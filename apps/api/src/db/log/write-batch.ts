import type { BatchState } from '../../room-log/batch-state.ts'
import { INSERT_COLUMNS, INSERT_PLACEHOLDERS, toInsertValues } from '../../room-log/event-row.ts'
import { toBytes } from '../binary-id.ts'
import type { Queries } from '../packets.ts'
import { writeAttached } from './write-attached.ts'
import { Writes } from './writes.ts'

const splitPair = (key: string): [string, string] => [key.slice(0, 36), key.slice(37)]

/** The statements travel together, in this order; the commit waits until all have succeeded. */
export async function writeBatch(connection: Queries, state: BatchState): Promise<void> {
  const writes = new Writes(connection)
  writeRooms(writes, state)
  writes.insert(
    `room_event (${INSERT_COLUMNS})`,
    INSERT_PLACEHOLDERS,
    state.newEvents.map(toInsertValues),
  )
  writeHeads(writes, state)
  writeMembers(writes, state)
  writeMessages(writes, state)
  writes.insert(
    'user_head (user_id, version)',
    '(?, 1)',
    [...state.changedUsers].toSorted().map((userId) => [userId]),
    'ON DUPLICATE KEY UPDATE version = version + 1',
  )
  writeAttached(writes, state)
  writeOutbox(writes, state)
  await writes.done()
}

/** One row a transaction, however many rooms and events: what jobs have yet to look at. */
function writeOutbox(writes: Writes, state: BatchState): void {
  const ranges = new Map<string, [string, number, number]>()
  for (const { roomId, event } of state.newEvents) {
    const range = ranges.get(roomId)
    if (range === undefined) ranges.set(roomId, [roomId, event.seq, event.seq])
    else range[2] = event.seq
  }
  if (ranges.size === 0) return
  writes.run('INSERT INTO log_outbox (ranges) VALUES (?)', [JSON.stringify([...ranges.values()])])
}

function writeRooms(writes: Writes, state: BatchState): void {
  const row = (roomId: string): unknown[] => {
    const room = state.rooms.get(roomId)
    return [
      room?.name,
      room?.topic,
      room?.avatarUrl,
      room?.visibility,
      room?.history,
      room?.frozen === true ? 1 : 0,
      room?.archived === true ? 1 : 0,
      room?.slowModeS,
      room?.retentionDays,
      room?.roleOverrides == null ? null : JSON.stringify(room.roleOverrides),
      room?.erasedTo,
      room?.erasedMsgNo,
      room?.sealedTo,
      room?.deletedAt,
    ]
  }
  writes.insert(
    `room (id, kind, member_set_hash, created_by, created_at, ${SETTINGS.join()})`,
    `(?,?,?,?,?,${SETTINGS.map(() => '?').join()})`,
    state.newRooms.map(({ roomId, memberSetHash, createdBy, createdAt }) => [
      toBytes(roomId),
      state.rooms.get(roomId)?.kind,
      memberSetHash === null ? null : Buffer.from(memberSetHash, 'hex'),
      createdBy,
      createdAt,
      ...row(roomId),
    ]),
  )
  const isNew = new Set(state.newRooms.map(({ roomId }) => roomId))
  for (const roomId of state.changedRooms) {
    if (isNew.has(roomId)) continue
    writes.run(`UPDATE room SET ${SETTINGS.map((name) => `${name} = ?`).join()} WHERE id = ?`, [
      ...row(roomId),
      toBytes(roomId),
    ])
  }
}

const SETTINGS = [
  'name',
  'topic',
  'avatar_url',
  'visibility',
  'history',
  'frozen',
  'archived',
  'slow_mode_s',
  'retention_days',
  'role_overrides',
  'erased_to',
  'erased_msg_no',
  'sealed_to',
  'deleted_at',
]

function writeHeads(writes: Writes, state: BatchState): void {
  const rows = [...state.changedHeads].map((roomId) => {
    const room = state.rooms.get(roomId)
    return [toBytes(roomId), room?.head, room?.lastMsgNo, room?.memberVersion, room?.memberCount]
  })
  writes.insert(
    'room_head (room_id, head, last_msg_no, member_version, member_count)',
    '(?,?,?,?,?)',
    rows,
    `ON DUPLICATE KEY UPDATE head = VALUES(head), last_msg_no = VALUES(last_msg_no),
     member_version = VALUES(member_version), member_count = VALUES(member_count)`,
  )
}

function writeMembers(writes: Writes, state: BatchState): void {
  const row = (key: string): unknown[] => {
    const [roomId, userId] = splitPair(key)
    const member = state.members.get(key)
    return [
      toBytes(roomId),
      userId,
      member?.role,
      member?.joinedSeq,
      member?.leftSeq,
      member?.visibleFrom,
      member?.readSeq,
      member?.readMsgNo,
      member?.joinedAt,
      member?.mutedUntil,
      member?.bannedUntil,
      member?.lastSentAt,
    ]
  }
  const keys = new Set([...state.changedMembers, ...state.changedReads])
  writes.insert(
    `room_member (room_id, user_id, ${MEMBER.join()})`,
    `(?,?,${MEMBER.map(() => '?').join()})`,
    [...keys].toSorted().map(row),
    `ON DUPLICATE KEY UPDATE ${MEMBER.map((name) => `${name} = VALUES(${name})`).join()}`,
  )
}

const MEMBER = [
  'role',
  'joined_seq',
  'left_seq',
  'visible_from',
  'read_seq',
  'read_msg_no',
  'joined_at',
  'muted_until',
  'banned_until',
  'last_sent_at',
]

function writeMessages(writes: Writes, state: BatchState): void {
  // The first version of a message is written down when there is a second one.
  const versions = state.newVersions.flatMap(({ roomId, seq, version, eventSeq }) => {
    const id = toBytes(roomId)
    const first = version === 1 ? [[id, seq, 0, seq]] : []
    return [...first, [id, seq, version, eventSeq]]
  })
  writes.insert('message_version (room_id, seq, version, event_seq)', '(?,?,?,?)', versions)
  writes.insert(
    'message_state (room_id, seq, version, data, edited_at, deleted_at)',
    '(?,?,?,?,?,?)',
    [...state.changedMessages].map((key) => {
      const [roomId, seq] = splitPair(key)
      const message = state.messages.get(key)
      return [
        toBytes(roomId),
        Number(seq),
        message?.version,
        JSON.stringify(message?.body),
        message?.editedAt,
        message?.deletedAt,
      ]
    }),
    `ON DUPLICATE KEY UPDATE version = VALUES(version), data = VALUES(data),
     edited_at = VALUES(edited_at), deleted_at = VALUES(deleted_at)`,
  )
}
