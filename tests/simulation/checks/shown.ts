import { isDeepStrictEqual } from 'node:util'
import type { Chat, TimelineMessage } from '@parley/client'
import type { SimDevice } from '../device/sim-device.ts'
import type { MessageState, RoomRows } from '../log/memory-database.ts'
import { marksOf, membersOf, showRoom } from '../log/memory-reads.ts'
import type { World } from '../schedule/world.ts'
import { mayBeMoved } from './asked.ts'
import { isMember } from './log-truth.ts'

/** What a page shows is what the tables say: rooms, what is unread, messages, threads, members. */
export function checkShown(world: World, device: SimDevice): void {
  const { report, database } = world
  const { name, userId, rooms, chat, threads } = device
  if (chat === undefined) return
  const mine = rooms.filter((roomId) => isMember(database, roomId, userId))
  const ids = chat.rooms.list.current.rooms.map(({ info }) => info.id).toSorted()
  if (ids.join() !== mine.join()) report('sdk', `${name} lists ${ids.join()}, not ${mine.join()}`)
  checkUnread(world, device, mine)
  for (const roomId of mine) checkInfo(world, name, chat, database.rooms.get(roomId)!, userId)
  const [open = ''] = rooms
  if (mine.includes(open)) {
    checkTimeline(world, device, chat, database.rooms.get(open)!)
    checkMembers(world, device, database.rooms.get(open)!)
  }
  for (const key of threads.keys()) {
    const [roomId = '', seq] = key.split('/')
    if (mine.includes(roomId)) checkThread(world, device, database.rooms.get(roomId)!, Number(seq))
  }
}

function checkUnread(world: World, { name, userId, chat }: SimDevice, mine: readonly string[]) {
  const { report, database, devices } = world
  // Another device may have read: that is told at most once.
  if (devices.filter((one) => one.userId === userId).length > 1) return
  for (const { info } of chat?.rooms.list.current.rooms ?? []) {
    const rows = database.rooms.get(info.id)
    if (rows === undefined || !mine.includes(info.id)) continue
    if (mayBeMoved(world, info.id, userId)) continue
    const { unread } = database.unread(rows, userId)
    if (info.me?.unread !== unread) {
      report('C6', `${name} shows ${info.me?.unread} unread of ${unread} in ${info.id}`)
    }
  }
}

/** Name, settings, role, permissions and so on: all but the cursor, which has a check of its own. */
function checkInfo(world: World, name: string, chat: Chat, rows: RoomRows, userId: string): void {
  const nowMs = world.clock.nowMs
  const plain = (room: ReturnType<typeof showRoom> | null) => {
    const { me, ...rest } = room ?? {}
    const { readSeq: _, unread: __, mentions: ___, ...mine } = me ?? {}
    const { mutedUntil = null } = mine as { mutedUntil?: string | null }
    const isOver = mutedUntil !== null && Date.parse(mutedUntil) <= nowMs
    return { ...rest, me: { ...mine, mutedUntil: isOver ? null : mutedUntil } }
  }
  const is = plain(chat.rooms.get(rows.roomId).info.current)
  const must = plain(showRoom(world.database, rows, userId))
  if (isDeepStrictEqual(is, must)) return
  const fields = Object.keys(must).filter(
    (field) => !isDeepStrictEqual(is[field as 'me'], must[field as 'me']),
  ) as 'me'[]
  const told = fields.map(
    (one) => `${one} ${JSON.stringify(is[one])} of ${JSON.stringify(must[one])}`,
  )
  world.report('sdk', `${name} shows of ${rows.roomId}: ${told.join('; ')}`)
}

type Marks = ReturnType<typeof marksOf>

function line(seq: number, text: unknown, version: number, marks: Marks): string {
  const { reactions = [], pinned = false, thread = null } = marks ?? {}
  const told = reactions.map(
    ({ key, userIds, mine }) => `${key} ${userIds.join()}${mine ? ' mine' : ''}`,
  )
  const hung = thread === null ? '' : `${thread.replies} replies to ${thread.lastSeq}`
  return `${seq} ${version} ${text} [${told.toSorted().join('; ')}] ${pinned ? 'pinned' : ''} ${hung}`
}

const lineOf = ({ seq, text, version, reactions, pinned, thread }: TimelineMessage): string =>
  line(seq, text, version, {
    reactions: [...reactions],
    pinned,
    thread: thread === undefined || thread.replies === 0 ? null : thread,
  })

const lineOfRow = (rows: RoomRows, userId: string, seq: number, message: MessageState): string =>
  line(seq, message.deleted ? null : message.body.text, message.version, marksOf(rows, seq, userId))

function checkTimeline({ report }: World, { name, userId }: SimDevice, chat: Chat, rows: RoomRows) {
  const { status, items, hasAfter } = chat.rooms.get(rows.roomId).messages.timeline.current
  if (status !== 'ready' || hasAfter) return report('sdk', `${name} shows a ${status} room`)
  // A tombstone does not say that it hung in a thread: it may be shown here or there.
  const replies = new Set(rows.replies.map(({ seq }) => seq))
  const stored = items.filter(({ state, seq }) => state.name === 'stored' && !replies.has(seq))
  const first = stored[0]?.seq ?? Infinity
  const visibleFrom = rows.members.get(userId)?.visibleFrom ?? 1
  const must = [...rows.messages]
    .filter(([seq]) => seq >= Math.max(first, visibleFrom) && !replies.has(seq))
    .map(([seq, message]) => lineOfRow(rows, userId, seq, message))
    .join('\n')
  const is = stored.map(lineOf).join('\n')
  if (is !== must) report('C7', `${name} shows\n${is}\nof\n${must}`)
  for (const { seq, isChanging, text, threadId } of items) {
    if (isChanging) report('sdk', `${name} shows ${seq} as changing`)
    if (threadId !== undefined && text !== null)
      report('sdk', `${name} shows ${seq} outside of its thread`)
  }
}

function checkThread({ report }: World, device: SimDevice, rows: RoomRows, rootSeq: number): void {
  const { name, userId } = device
  const thread = device.threads.get(`${rows.roomId}/${rootSeq}`)
  const visibleFrom = rows.members.get(userId)?.visibleFrom ?? 1
  if (thread === undefined || rootSeq < visibleFrom) return
  const { status, items } = thread.timeline.current
  const what = `${name} shows of thread ${rootSeq} in ${rows.roomId}`
  if (status !== 'ready') return report('sdk', `${what}: ${status}`)
  const stored = items.filter(({ state, text }) => state.name === 'stored' && text !== null)
  const must = rows.replies
    .filter(({ threadSeq }) => threadSeq === rootSeq)
    .map(({ seq }): [number, MessageState] => [seq, rows.messages.get(seq)!])
    .filter(([, { deleted }]) => !deleted)
    .map(([seq, message]) => lineOfRow(rows, userId, seq, message))
    .join('\n')
  const is = stored.map(lineOf).join('\n')
  if (is !== must) report('C7', `${what}\n${is}\nof\n${must}`)
  const root = rows.messages.get(rootSeq)!
  const [isRoot, mustRoot] = [
    thread.root.current && lineOf(thread.root.current),
    lineOfRow(rows, userId, rootSeq, root),
  ]
  if (isRoot !== mustRoot) report('C7', `${what}: its first is ${isRoot}, not ${mustRoot}`)
}

function checkMembers(world: World, { name, memberList }: SimDevice, rows: RoomRows): void {
  if (memberList === undefined) return
  const plain = (members: readonly { userId: string; role: string; mutedUntil: string | null }[]) =>
    members
      .map(({ userId, role, mutedUntil }) => {
        const isOver = mutedUntil === null || Date.parse(mutedUntil) <= world.clock.nowMs
        return `${userId} ${role} ${isOver ? '' : mutedUntil}`
      })
      .join(', ')
  const [is, must] = [plain(memberList.members), plain(membersOf(rows))]
  if (is !== must) world.report('sdk', `${name} shows as members ${is}, not ${must}`)
}
