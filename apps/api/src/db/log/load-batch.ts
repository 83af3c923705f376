import type { LogCommand } from '@parley/message-schema'
import { BatchState, onceKey, pairKey } from '../../room-log/batch-state.ts'
import { EVENT_COLUMNS, MESSAGE_CREATED } from '../../room-log/event-row.ts'
import {
  fillEarlier,
  fillMembers,
  fillMemberSets,
  fillMessages,
  fillRooms,
  MEMBER_COLUMNS,
  ROOM_COLUMNS,
  type EarlierRow,
  type HeadRow,
  type MemberRow,
  type MemberSetRow,
  type MessageRow,
  type RoomRow,
} from './batch-rows.ts'
import { toBytes } from '../binary-id.ts'
import type { Queries } from '../packets.ts'
import { loadAttached } from './load-attached.ts'
import { loadAuthority } from './load-authority.ts'
import { loadErased } from './load-erased.ts'
import { RoomKinds } from './room-kinds.ts'
import { selectByKeys, selectIn } from '../select-by-keys.ts'

/** What the commands of a batch will ask about: each thing once. */
interface Needs {
  readonly rooms: Map<string, Buffer>
  readonly members: Map<string, [Buffer, string]>
  readonly once: Map<string, [Buffer, string, Buffer]>
  readonly messages: Map<string, [Buffer, number]>
  readonly memberSets: Map<string, Buffer>
}

function collectNeeds(commands: readonly LogCommand[]): Needs {
  const needs: Needs = {
    rooms: new Map(),
    members: new Map(),
    once: new Map(),
    messages: new Map(),
    memberSets: new Map(),
  }
  for (const command of commands) {
    const { roomId, actor } = command
    const room = needs.rooms.get(roomId) ?? toBytes(roomId)
    needs.rooms.set(roomId, room)
    const needMember = (userId: string): void => {
      needs.members.set(pairKey(roomId, userId), [room, userId])
    }
    const needMessage = (seq: number | undefined): void => {
      if (seq !== undefined) needs.messages.set(pairKey(roomId, seq), [room, seq])
    }
    needMember(actor.id)
    if ('userId' in command) needMember(command.userId)
    if (command.kind === 'message:send') {
      command.mentions?.forEach(needMember)
      command.hereIds?.forEach(needMember)
      needMessage(command.replyTo)
      needMessage(command.threadId)
    }
    if ('seq' in command) needMessage(command.seq)
    if (command.kind === 'room:create') {
      const hash = command.memberSetHash
      if (hash !== undefined) needs.memberSets.set(hash, Buffer.from(hash, 'hex'))
    } else if ('clientMsgId' in command) {
      const key = onceKey(roomId, actor.id, command.clientMsgId)
      needs.once.set(key, [room, actor.id, toBytes(command.clientMsgId)])
    }
  }
  return needs
}

const ROOM = ['room_id', 'binary'] as const

/**
 * Locks the rooms' heads in the order of their ids, so that no two batches wait for each other, and
 * reads the rest behind that lock. The statements travel together: one round trip.
 */
export async function loadBatch(
  connection: Queries,
  commands: readonly LogCommand[],
  now: Date,
  kinds: RoomKinds = new RoomKinds(),
): Promise<BatchState> {
  const needs = collectNeeds(commands)
  const roomIds = [...needs.rooms.values()].toSorted((one, other) => one.compare(other))
  const [, heads, rooms, members, earlier, messages, memberSets, fillAttached] = await Promise.all([
    connection.query('START TRANSACTION'),
    selectIn<HeadRow>(
      connection,
      'SELECT room_id, head, last_msg_no, member_version, member_count FROM room_head',
      'room_id',
      roomIds,
      'ORDER BY room_id FOR UPDATE',
    ),
    selectIn<RoomRow>(connection, `SELECT ${ROOM_COLUMNS} FROM room`, 'id', roomIds),
    selectByKeys<MemberRow>(
      connection,
      MEMBER_COLUMNS,
      ['room_member', 'm'],
      [ROOM, ['user_id', 'text']],
      needs.members,
    ),
    selectByKeys<EarlierRow>(
      connection,
      `e.room_id, e.fingerprint, ${EVENT_COLUMNS}`,
      ['room_event', 'e'],
      [ROOM, ['actor_id', 'text'], ['client_msg_id', 'binary']],
      needs.once,
    ),
    selectByKeys<MessageRow>(
      connection,
      `e.room_id, e.seq, e.actor_id, COALESCE(s.data, e.data) AS data, s.version,
       s.edited_at, s.deleted_at`,
      ['room_event', 'e'],
      [ROOM, ['seq', 'number']],
      needs.messages,
      `LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
       WHERE e.type = ${MESSAGE_CREATED}`,
    ),
    selectIn<MemberSetRow>(connection, 'SELECT id, member_set_hash FROM room', 'member_set_hash', [
      ...needs.memberSets.values(),
    ]),
    loadAttached(connection, commands, kinds),
  ])
  const state = new BatchState(now)
  fillRooms(state, heads, rooms)
  fillMembers(state, members)
  fillEarlier(state, earlier)
  fillMessages(state, messages)
  fillMemberSets(state, memberSets)
  fillAttached(state)
  kinds.learn(state)
  await Promise.all([
    loadAuthority(connection, state, commands),
    loadErased(connection, state, commands),
  ])
  return state
}
