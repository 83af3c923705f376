import type { LogCommand, MemberRole } from '@parley/message-schema'
import { pairKey, reactionKey, type BatchState } from '../../room-log/batch-state.ts'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Queries } from '../packets.ts'
import type { RoomKinds } from './room-kinds.ts'
import { selectByKeys, selectIn } from '../select-by-keys.ts'

const ROOM = ['room_id', 'binary'] as const
const SEQ = ['seq', 'number'] as const

interface AttachedNeeds {
  readonly reactions: Map<string, [Buffer, number, string, string]>
  readonly counts: Map<string, [Buffer, number]>
  readonly pins: Map<string, [Buffer, number]>
  readonly pinRooms: Map<string, Buffer>
  /** Where the number of the last message is asked for: at a seq, for one who may see from theirs on. */
  readonly positions: Map<string, [Buffer, number, string]>
  /** Rooms that somebody speaks in: if they are DMs, it is asked who blocks whom. */
  readonly voices: Map<string, Buffer>
  readonly invites: Map<string, Buffer>
  readonly attempts: Map<string, Buffer>
}

function collect(commands: readonly LogCommand[], kinds: RoomKinds): AttachedNeeds {
  const needs: AttachedNeeds = {
    reactions: new Map(),
    counts: new Map(),
    pins: new Map(),
    pinRooms: new Map(),
    positions: new Map(),
    voices: new Map(),
    invites: new Map(),
    attempts: new Map(),
  }
  for (const command of commands) {
    const { roomId, actor, kind } = command
    const room = toBytes(roomId)
    if ('attempt' in command && command.attempt !== undefined) {
      needs.attempts.set(command.attempt.id, toBytes(command.attempt.id))
    }
    if (SPEAKING.has(kind) && kinds.mayBeDirect(roomId)) needs.voices.set(roomId, room)
    if (kind === 'reaction:set') {
      const { seq, key } = command
      needs.reactions.set(reactionKey(roomId, seq, key, actor.id), [room, seq, key, actor.id])
      needs.counts.set(pairKey(roomId, seq), [room, seq])
    } else if (kind === 'pin:set') {
      needs.pins.set(pairKey(roomId, command.seq), [room, command.seq])
      needs.pinRooms.set(roomId, room)
    } else if (kind === 'read:set') {
      needs.positions.set(`${roomId}/${command.upTo}/${actor.id}`, [room, command.upTo, actor.id])
    } else if (kind === 'room:update' && command.change.erasedTo !== undefined) {
      const { erasedTo } = command.change
      needs.positions.set(`${roomId}/${erasedTo}/`, [room, erasedTo, ''])
    } else if (kind === 'member:join' && command.inviteId !== undefined) {
      needs.invites.set(command.inviteId, toBytes(command.inviteId))
    }
  }
  return needs
}

const POSITION = 'GREATEST(keys_.k1, COALESCE(m.visible_from, 1) - 1)'
const SPEAKING = new Set(['message:send', 'message:edit', 'reaction:set', 'pin:set'])

interface InviteRow {
  readonly id: Buffer
  readonly room_id: Buffer
  readonly user_id: string | null
  readonly role: MemberRole
  readonly created_by: string
  readonly expires_at: Date | null
  readonly max_uses: number | null
  readonly uses: number
  readonly closed_at: Date | null
}

/** What hangs on messages and rooms; asked for only by the commands that are about it. */
export async function loadAttached(
  connection: Queries,
  commands: readonly LogCommand[],
  kinds: RoomKinds,
): Promise<(state: BatchState) => void> {
  const needs = collect(commands, kinds)
  const fills = await Promise.all([
    loadReactions(connection, needs),
    loadPins(connection, needs),
    loadPositions(connection, needs),
    loadBlocks(connection, needs),
    loadInvites(connection, needs),
    loadRetries(connection, needs),
  ])
  return (state) => fills.forEach((fill) => fill(state))
}

type Load = (connection: Queries, needs: AttachedNeeds) => Promise<(state: BatchState) => void>

const loadReactions: Load = async (connection, needs) => {
  const [reactions, counts] = await Promise.all([
    selectByKeys<{
      room_id: Buffer
      seq: number
      reaction_key: string
      user_id: string
      event_seq: number
    }>(
      connection,
      't.room_id, t.seq, t.reaction_key, t.user_id, t.event_seq',
      ['message_reaction', 't'],
      [ROOM, SEQ, ['reaction_key', 'text'], ['user_id', 'text']],
      needs.reactions,
    ),
    selectByKeys<{ room_id: Buffer; seq: number; reaction_key: string; count: number }>(
      connection,
      't.room_id, t.seq, t.reaction_key, t.count',
      ['message_reaction_count', 't'],
      [ROOM, SEQ],
      needs.counts,
    ),
  ])
  return (state) => {
    for (const row of reactions) {
      const key = reactionKey(fromBytes(row.room_id), row.seq, row.reaction_key, row.user_id)
      state.reactions.set(key, row.event_seq)
    }
    for (const row of counts) {
      const key = pairKey(fromBytes(row.room_id), row.seq)
      const of = state.reactionCounts.get(key) ?? new Map<string, number>()
      state.reactionCounts.set(key, of.set(row.reaction_key, row.count))
    }
  }
}

const loadPins: Load = async (connection, needs) => {
  const [pins, counts] = await Promise.all([
    selectByKeys<{ room_id: Buffer; seq: number; event_seq: number }>(
      connection,
      't.room_id, t.seq, t.event_seq',
      ['room_pin', 't'],
      [ROOM, SEQ],
      needs.pins,
    ),
    selectIn<{ room_id: Buffer; pins: number }>(
      connection,
      'SELECT room_id, COUNT(*) AS pins FROM room_pin',
      'room_id',
      [...needs.pinRooms.values()],
      'GROUP BY room_id',
    ),
  ])
  return (state) => {
    for (const row of pins) state.pins.set(pairKey(fromBytes(row.room_id), row.seq), row.event_seq)
    for (const row of counts) state.pinCounts.set(fromBytes(row.room_id), row.pins)
  }
}

const loadPositions: Load = async (connection, needs) => {
  const rows = await selectByKeys<{ room_id: Buffer; seq: number; msg_no: number | null }>(
    connection,
    `h.room_id, ${POSITION} AS seq,
     IF(h.last_msg_no = 0, 0,
       (SELECT e.msg_no FROM room_event e FORCE INDEX (room_event_type)
        WHERE e.room_id = h.room_id AND e.type = ${MESSAGE_CREATED} AND e.seq <= ${POSITION}
          AND e.msg_no IS NOT NULL
        ORDER BY e.seq DESC LIMIT 1)) AS msg_no`,
    ['room_head', 'h'],
    [ROOM, [null, 'number'], [null, 'text']],
    needs.positions,
    'LEFT JOIN room_member m ON m.room_id = h.room_id AND m.user_id = keys_.k2',
  )
  return (state) => {
    for (const row of rows) {
      state.msgNoAt.set(pairKey(fromBytes(row.room_id), row.seq), row.msg_no ?? 0)
    }
  }
}

const loadBlocks: Load = async (connection, needs) => {
  const rows = await selectIn<{ room_id: Buffer; blocked_id: string }>(
    connection,
    `SELECT STRAIGHT_JOIN r.id AS room_id, b.blocked_id FROM room r
     JOIN room_member m ON m.room_id = r.id AND r.kind = 'dm'
     JOIN room_member o ON o.room_id = r.id AND o.user_id <> m.user_id
     JOIN user_block b ON b.user_id = m.user_id AND b.blocked_id = o.user_id`,
    'r.id',
    [...needs.voices.values()],
  )
  return (state) => {
    for (const row of rows) state.blocked.add(pairKey(fromBytes(row.room_id), row.blocked_id))
  }
}

const loadInvites: Load = async (connection, needs) => {
  const rows = await selectIn<InviteRow>(
    connection,
    `SELECT id, room_id, user_id, role, created_by, expires_at, max_uses, uses, closed_at
     FROM room_invite`,
    'id',
    [...needs.invites.values()],
  )
  return (state) => fillInvites(state, rows)
}

const loadRetries: Load = async (connection, needs) => {
  const rows = await selectIn<{ id: Buffer; number: number }>(
    connection,
    'SELECT id, number FROM command_retry',
    'id',
    [...needs.attempts.values()],
  )
  return (state) => {
    for (const { id, number } of rows) state.retried.set(fromBytes(id), number)
  }
}

function fillInvites(state: BatchState, rows: readonly InviteRow[]): void {
  for (const row of rows) {
    state.invites.set(fromBytes(row.id), {
      roomId: fromBytes(row.room_id),
      userId: row.user_id,
      role: row.role,
      createdBy: row.created_by,
      expiresAt: row.expires_at,
      maxUses: row.max_uses,
      uses: row.uses,
      closedAt: row.closed_at,
    })
  }
}
