import { pairKey, type BatchState } from '../room-log/batch-state.ts'
import { INSERT_COLUMNS, INSERT_PLACEHOLDERS, toInsertValues } from '../room-log/event-row.ts'
import { toBytes } from './binary-id.ts'
import type { PoolConnection } from './connect.ts'

const splitPair = (key: string): [string, string] => [key.slice(0, 36), key.slice(37)]

/** One multi-row statement a table, and none for a table that nothing is written to. */
class Writes {
  readonly #connection: PoolConnection
  readonly #running: Promise<unknown>[] = []

  constructor(connection: PoolConnection) {
    this.#connection = connection
  }

  insert(into: string, one: string, rows: readonly (readonly unknown[])[], suffix = ''): void {
    if (rows.length === 0) return
    const sql = `INSERT INTO ${into} VALUES ${rows.map(() => one).join()} ${suffix}`
    this.run(sql, rows.flat())
  }

  run(sql: string, values: unknown[]): void {
    this.#running.push(this.#connection.query(sql, values))
  }

  async done(): Promise<void> {
    await Promise.all(this.#running)
  }
}

/** The statements travel together, in this order; the commit waits until all have succeeded. */
export async function writeBatch(connection: PoolConnection, state: BatchState): Promise<void> {
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
  await writes.done()
}

function writeRooms(writes: Writes, state: BatchState): void {
  writes.insert(
    'room (id, kind, name, visibility, topic, history, member_set_hash, created_by, created_at)',
    '(?,?,?,?,?,?,?,?,?)',
    state.newRooms.map((room) => {
      const { kind, visibility, history } = state.rooms.get(room.roomId) ?? {}
      const hash = room.memberSetHash === null ? null : Buffer.from(room.memberSetHash, 'hex')
      return [
        toBytes(room.roomId),
        kind,
        room.name,
        visibility,
        room.topic,
        history,
        hash,
        room.createdBy,
        room.createdAt,
      ]
    }),
  )
}

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
      member?.joinedAt,
    ]
  }
  const keys = new Set([...state.changedMembers, ...state.changedReads])
  writes.insert(
    'room_member (room_id, user_id, role, joined_seq, left_seq, visible_from, read_seq, joined_at)',
    '(?,?,?,?,?,?,?,?)',
    [...keys].toSorted().map(row),
    `ON DUPLICATE KEY UPDATE role = VALUES(role), joined_seq = VALUES(joined_seq),
     left_seq = VALUES(left_seq), visible_from = VALUES(visible_from),
     read_seq = VALUES(read_seq), joined_at = VALUES(joined_at)`,
  )
}

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
  writes.insert(
    'room_mention (room_id, user_id, seq)',
    '(?,?,?)',
    state.newMentions.map(({ roomId, userId, seq }) => [toBytes(roomId), userId, seq]),
  )
  for (const { roomId, seq } of state.erasedMessages) eraseMessage(writes, state, roomId, seq)
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
  writes.run('DELETE FROM room_mention WHERE room_id = ? AND seq = ?', at)
}
