import {
  DEFAULT_PRIVACY,
  type EventRanges,
  type EventRangesRequest,
  type Member,
  type ReconcileRequest,
  type ReconcileResult,
  type Room,
  type UserStates,
} from '@parley/message-schema'
import {
  definitionOf,
  muteEnd,
  permissionsOf,
  toRoom,
  type EventStore,
  type MemberStore,
  type MessageMarks,
  type MessageMarksStore,
  type MessageStore,
  type RoomView,
} from '../product.ts'
import type { MemoryDatabase, RoomRows } from './memory-database.ts'

/** What gateways ask, each as of one moment. */
export function createInternalReads(database: MemoryDatabase) {
  const { epoch, rooms } = database
  return {
    userStates(userIds: readonly string[]): UserStates {
      const states = userIds.map((id) => {
        const mine = [...rooms.values()].filter(
          ({ room, members }) => members.get(id)?.leftSeq === null && room.deletedAt === null,
        )
        const { typing, readReceipts } = DEFAULT_PRIVACY
        const presence = { status: 'online', text: null, version: 0, typing, readReceipts } as const
        const state = {
          version: database.userVersions.get(id) ?? 0,
          rooms: mine.map((rows) => toUserRoom(rows, id)),
          revokedSessionIds: [],
          presence,
        }
        return [id, state] as const
      })
      return { users: Object.fromEntries(states), refused: [], epoch }
    },

    reconcile(known: ReconcileRequest): ReconcileResult {
      const differing = Object.keys(known.rooms).flatMap((roomId) => {
        const room = rooms.get(roomId)?.room
        if (room === undefined || room.head === known.rooms[roomId]) return []
        return [[roomId, { head: room.head, memberVersion: room.memberVersion }] as const]
      })
      const users = Object.keys(known.users).filter((id) => {
        const version = database.userVersions.get(id)
        return version !== undefined && version !== known.users[id]
      })
      return { rooms: Object.fromEntries(differing), users, epoch }
    },

    eventRanges({ rooms: asked }: EventRangesRequest): EventRanges {
      const answers = Object.entries(asked).map(([roomId, { after, limit }]) => {
        const { head = 0, memberVersion = 0 } = rooms.get(roomId)?.room ?? {}
        const events = database.eventsAfter(roomId, after, limit)
        return [roomId, { head, memberVersion, events }] as const
      })
      return { rooms: Object.fromEntries(answers) }
    },
  }
}

function toUserRoom({ roomId, room, members }: RoomRows, userId: string) {
  const { role, joinedSeq, visibleFrom, mutedUntil } = members.get(userId)!
  return {
    roomId,
    head: room.head,
    memberVersion: room.memberVersion,
    memberCount: room.memberCount,
    ...(mutedUntil !== null && { mutedUntil: mutedUntil.toISOString() }),
    ...(room.frozen && { frozen: true }),
    ...(room.archived && { archived: true }),
    role,
    joinedSeq,
    visibleFrom,
  }
}

/** The queries of the API: `query` takes the time of one, so that others commit in between. */
export function createStores(database: MemoryDatabase, query: () => Promise<void>) {
  const { rooms } = database
  const events: Pick<EventStore, 'positions' | 'readMany' | 'epoch'> = {
    async positions(userId, roomIds) {
      await query()
      const found = [...rooms.values()].filter(
        ({ roomId, room, members }) =>
          (roomIds === undefined || roomIds.includes(roomId)) &&
          members.get(userId)?.leftSeq === null &&
          room.deletedAt === null,
      )
      return new Map(
        found.map(({ roomId, room, members }) => [
          roomId,
          { head: room.head, visibleFrom: members.get(userId)!.visibleFrom },
        ]),
      )
    },
    async readMany(ranges) {
      if (ranges.size > 0) await query()
      const found = new Map(
        [...ranges].map(([id, { after, limit }]) => [id, database.eventsAfter(id, after, limit)]),
      )
      return { events: found, tooLarge: new Set<string>() }
    },
    async epoch() {
      await query()
      return database.epoch
    },
  }
  const members: Pick<MemberStore, 'standing'> = {
    async standing(roomId, userId) {
      await query()
      const rows = rooms.get(roomId)
      if (rows === undefined || rows.room.deletedAt !== null) return null
      const { kind, visibility, archived, head, memberCount, roleOverrides } = rows.room
      const member = rows.members.get(userId)
      return {
        kind,
        visibility,
        archived,
        head,
        memberCount,
        bannedUntil: member?.bannedUntil ?? null,
        member:
          member === undefined || member.joinedSeq === 0
            ? null
            : {
                role: member.role,
                rank: definitionOf(kind, member.role, undefined).rank,
                permissions: new Set(
                  permissionsOf(
                    { kind, roleOverrides },
                    { role: member.role, customRole: undefined },
                  ),
                ),
                isActive: member.leftSeq === null,
                visibleFrom: member.visibleFrom,
              },
      }
    },
  }
  return { events, members, ...createMessageStores(database, query) }
}

function createMessageStores(database: MemoryDatabase, query: () => Promise<void>) {
  const { rooms } = database
  const seqsOf = (roomId: string): number[] => [...(rooms.get(roomId)?.messages.keys() ?? [])]
  const messages: MessageStore = {
    async seqsBelow(roomId, from, below, limit) {
      await query()
      const found = seqsOf(roomId).filter((seq) => seq >= from && seq < below)
      return found.toReversed().slice(0, limit)
    },
    async seqsFrom(roomId, from, to, limit) {
      await query()
      return seqsOf(roomId)
        .filter((seq) => seq >= from && seq <= to)
        .slice(0, limit)
    },
    async read(roomId, seqs) {
      await query()
      const rows = rooms.get(roomId)
      if (rows === undefined) return []
      const wanted = new Set(seqs)
      return [...rows.messages]
        .filter(([seq]) => wanted.has(seq))
        .map(([seq, { authorId, body, version, editedAt, deletedAt }]) => {
          const event = rows.events[seq - 1]!
          return {
            seq,
            msgNo: event.msgNo ?? 0,
            senderId: authorId,
            sender: { username: authorId, displayName: authorId, avatarUrl: null },
            clientMsgId: event.clientMsgId ?? null,
            ts: new Date(event.ts),
            body,
            version,
            editedAt,
            deletedAt,
          }
        })
    },
    // What is said here is short: all of it fits.
    readFitting: (roomId, seqs) => messages.read(roomId, seqs),
  }
  const marks: Pick<MessageMarksStore, 'read' | 'pins' | 'repliesBelow' | 'repliesAbove'> = {
    async read(roomId, seqs, readerId) {
      await query()
      const there = rooms.get(roomId)
      const found = seqs.map((seq) => [seq, there && marksOf(there, seq, readerId)] as const)
      return new Map(found.filter((one): one is [number, MessageMarks] => one[1] !== undefined))
    },
    async pins(roomId, from) {
      await query()
      const pinned = [...(rooms.get(roomId)?.pins ?? [])].filter(([seq]) => seq >= from)
      return pinned.toSorted(([, one], [, other]) => other - one).map(([seq]) => seq)
    },
    async repliesBelow(roomId, threadSeq, below, limit) {
      await query()
      const found = repliesOf(rooms.get(roomId), threadSeq).filter((seq) => seq < below)
      return found.toReversed().slice(0, limit)
    },
    async repliesAbove(roomId, threadSeq, above, limit) {
      await query()
      return repliesOf(rooms.get(roomId), threadSeq)
        .filter((seq) => seq > above)
        .slice(0, limit)
    },
  }
  return { messages, marks }
}

const repliesOf = (rows: RoomRows | undefined, threadSeq: number): number[] =>
  (rows?.replies ?? []).filter((reply) => reply.threadSeq === threadSeq).map(({ seq }) => seq)

/** What hangs on a message as one reader sees it; `undefined`: nothing. */
export function marksOf(rows: RoomRows, seq: number, readerId: string): MessageMarks | undefined {
  const keys = new Map<string, string[]>()
  for (const { key, userId } of [...rows.reactions.values()]
    .filter((one) => one.seq === seq)
    .toSorted((one, other) => one.eventSeq - other.eventSeq)) {
    keys.set(key, [...(keys.get(key) ?? []), userId].toSorted())
  }
  const reactions = [...keys].map(([key, userIds]) => {
    return { key, count: userIds.length, userIds, mine: userIds.includes(readerId) }
  })
  const replies = repliesOf(rows, seq).filter((one) => rows.messages.get(one)?.deleted === false)
  const last = replies.at(-1)
  const thread = last === undefined ? null : { replies: replies.length, lastSeq: last }
  const pinned = rows.pins.has(seq)
  if (reactions.length === 0 && thread === null && !pinned) return undefined
  return { reactions, pinned, thread }
}

function toRoomView(database: MemoryDatabase, rows: RoomRows, userId: string): RoomView {
  const { roomId: id, room, createdAt } = rows
  const { kind, name, visibility, topic, avatarUrl, frozen, archived, history } = room
  const { slowModeS, retentionDays, roleOverrides, head, lastMsgNo, memberCount } = room
  const shown = {
    id,
    kind,
    name,
    visibility,
    topic,
    avatarUrl,
    frozen,
    archived,
    history,
    createdAt,
  }
  const facts = { ...shown, slowModeS, retentionDays, roleOverrides, head, lastMsgNo, memberCount }
  const member = rows.members.get(userId)
  if (member === undefined || member.leftSeq !== null) return { facts, me: null, peers: [] }
  const { role, joinedAt, mutedUntil } = member
  const part = { role, customRole: undefined, joinedAt, mutedUntil, notify: 'all' as const }
  return { facts, me: { ...part, ...database.unread(rows, userId) }, peers: [] }
}

/** A room as `GET /v1/rooms` shows it. */
export const showRoom = (database: MemoryDatabase, rows: RoomRows, userId: string): Room =>
  toRoom(toRoomView(database, rows, userId))

export const membersOf = ({ members }: RoomRows): Member[] =>
  [...members]
    .filter(([, { leftSeq }]) => leftSeq === null)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([userId, { role, joinedAt, mutedUntil }]) => ({
      userId,
      username: userId,
      displayName: userId,
      avatarUrl: null,
      role,
      joinedAt: joinedAt.toISOString(),
      mutedUntil: muteEnd(mutedUntil),
    }))
