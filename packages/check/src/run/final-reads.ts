import type { Event, Message } from '@parley/message-schema'
import { waitFor } from '@parley/client'
import { createDeadline } from '../load/deadline.ts'
import type { Device, LoadClient } from '../load/load-client.ts'
import type { Recorder } from '../load/recorder.ts'
import { shortenMessage, type ShortMessage } from '../load/rest-operations.ts'
import { createSdkClient, type SdkClient } from '../load/sdk-client.ts'
import { must, inTurns, type LoadStage, type StagedUser } from '../load/set-stage.ts'
import { RoomReading } from '../load/room-reading.ts'
import { createSocketClient } from '../load/socket-client.ts'
import { untilStill, type Look } from './until-still.ts'
import type { QuietRoom } from './wait-until-quiet.ts'

export interface FinalReadsOptions {
  readonly stage: LoadStage
  readonly rooms: readonly QuietRoom[]
  readonly recorder: Recorder
  readonly say: (step: string) => void
  /** Whoever does not come nearer for so long never will. */
  readonly quietMs: number
}

const EVENTS = 1_000
const PAGE = 256
const MESSAGES = 200
/** Whoever asks for a page has it by then. */
const READ_MS = 30_000
const READS_IN_VAIN = 5
/** As far as the official client scrolls back: each page makes the list that it keeps longer. */
const SCROLLED = 2_000
/** Less than `sync` answers at once, and than takes it longer than a reader may be late. */
const SYNC_TAIL = { aRoom: 1_500, inAll: 20_000 } as const

/** Everything by every path, by people who connect only now. */
export async function readFinally(options: FinalReadsOptions): Promise<void> {
  const { stage, rooms, say } = options
  say('Reading everything over HTTP')
  await inTurns(rooms, async (room) => {
    await readEvents(options, room)
    await readPages(options, room)
    await readHistory(options, room, 'before')
    await readHistory(options, room, 'after')
  })
  await inTurns(stage.users, (user) => readUnread(options, user))
  say('Reading everything over sockets')
  // Owners see everything; somebody who came and went sees what their membership lets them.
  const others = stage.users.filter((user) => rooms.every(({ owner }) => owner !== user))
  const readers = [...new Set(rooms.map(({ owner }) => owner)), ...others.slice(0, 2)]
  await inTurns(inEachWay(readers, ['websocket', 'polling']), ({ user, name, via }) =>
    syncLate(options, user, name, via),
  )
  say('Reading everything with the SDK')
  await inTurns(inEachWay(readers, ['sdk', 'sdk-http']), ({ user, name, via }) =>
    readLate(options, user, name, via),
  )
}

const inEachWay = <Name extends string>(readers: readonly StagedUser[], vias: readonly Name[]) =>
  vias.flatMap((via) => readers.map((user, at) => ({ user, via, name: `late-${via}-${at + 1}` })))

async function readEvents(options: FinalReadsOptions, room: QuietRoom): Promise<void> {
  const { roomId, owner } = room
  const reading = begin(options, room, 'final-events')
  for (let after = 0; ;) {
    const path = `/v1/rooms/${roomId}/events?after=${after}&limit=${EVENTS}`
    const askedMs = reading.now()
    const { data, page } = await readPage<Event>(owner, path)
    reading.take(roomId, data, 'final', askedMs)
    if (!page.hasMoreAfter || page.after === null) break
    after = page.after
  }
  endRead(reading, roomId)
}

/** Where it ended is said also of a read that was answered nothing: nobody could tell it from none. */
function endRead(reading: RoomReading, roomId: string): void {
  if (reading.position(roomId) === null) reading.startAt(roomId, 0)
  reading.end([roomId])
}

async function readPages(options: FinalReadsOptions, room: QuietRoom): Promise<void> {
  const { roomId, owner, head } = room
  const reading = begin(options, room, 'final-pages')
  for (let n = 1; (n - 1) * PAGE < head; n += 1) {
    const askedMs = reading.now()
    const { data } = await readPage<Event>(owner, `/v1/rooms/${roomId}/events/pages/${n}`)
    reading.take(roomId, data, 'final', askedMs)
  }
  endRead(reading, roomId)
}

/** All messages as they stand, from the newest back or from the oldest on. */
async function readHistory(
  { recorder }: FinalReadsOptions,
  { roomId, owner }: QuietRoom,
  way: 'before' | 'after',
): Promise<void> {
  const invokedMs = recorder.now()
  const messages: ShortMessage[] = []
  let head = 0
  for (let at = way === 'after' ? '&after=0' : ''; ;) {
    const path = `/v1/rooms/${roomId}/messages?limit=${MESSAGES}${at}`
    const answer = await readPage<Message>(owner, path)
    head = answer.head
    const some = answer.data.map(shortenMessage)
    if (way === 'after') messages.push(...some)
    else messages.unshift(...some)
    const { page } = answer
    if (!(way === 'after' ? page.hasMoreAfter : page.hasMoreBefore)) break
    at = `&${way}=${page[way]}`
  }
  const name = `final-history-${way}-${owner.username}`
  const device = { name, userId: owner.userId, via: 'http' as const }
  writeHistory(recorder, device, { roomId, invokedMs, result: { head, messages, isAll: true } })
}

async function readUnread(
  { recorder, stage }: FinalReadsOptions,
  { userId, rest }: StagedUser,
): Promise<void> {
  for (const { id: roomId } of stage.rooms) {
    const { room } = await must(rest, { method: 'GET', path: `/v1/rooms/${roomId}` })
    const { me } = room as { me?: { unread: number; mentions: number; readSeq: number } }
    if (me === undefined) continue
    const about = { subject: userId, roomId, atMs: recorder.now() }
    const { unread, mentions } = me
    recorder.write({ kind: 'observation', what: 'unread', value: { unread, mentions }, ...about })
    recorder.write({ kind: 'observation', what: 'read-cursor', value: me.readSeq, ...about })
  }
}

/** A bare client that comes late, and has nothing but where it wants to begin. */
async function syncLate(
  { stage, rooms, recorder, quietMs }: FinalReadsOptions,
  user: StagedUser,
  name: string,
  via: 'websocket' | 'polling',
): Promise<void> {
  const own = rooms.filter(({ memberIds }) => memberIds.has(user.userId))
  const tail = Math.min(SYNC_TAIL.aRoom, Math.ceil(SYNC_TAIL.inAll / own.length))
  const from = Object.fromEntries(own.map(({ roomId, head }) => [roomId, Math.max(0, head - tail)]))
  const device = { name, userId: user.userId, via }
  const client = createSocketClient({ url: stage.url, device, signIn: user, recorder, from })
  await untilAtHeads(client, own, quietMs)
}

/** The official client: the list, and each room to its beginning, or far back. */
async function readLate(
  { stage, rooms, recorder, quietMs }: FinalReadsOptions,
  user: StagedUser,
  name: string,
  via: 'sdk' | 'sdk-http',
): Promise<void> {
  const own = rooms.filter(({ memberIds }) => memberIds.has(user.userId))
  const device = { name, userId: user.userId, via }
  const roomIds = own.map(({ roomId }) => roomId)
  const client = createSdkClient({ url: stage.url, device, signIn: user, recorder, roomIds })
  try {
    client.start()
    await untilLive(client, quietMs)
    await inTurns(own, ({ roomId }) => readTimeline(client, recorder, roomId))
  } finally {
    client.reading.end(roomIds)
    await client.close()
  }
}

async function readTimeline(
  { chat, device }: SdkClient,
  recorder: Recorder,
  roomId: string,
): Promise<void> {
  const invokedMs = recorder.now()
  const room = chat.rooms.get(roomId)
  const close = room.open()
  try {
    const { timeline } = room.messages
    const isRead = ({ status }: (typeof timeline)['current']): boolean =>
      status === 'ready' || status === 'failed'
    const { signal, clear } = createDeadline(READ_MS)
    // Whatever cannot be read is missing from what is written, and is found missing by whoever checks it.
    await waitFor(timeline, isRead, { signal }).catch(() => undefined)
    clear()
    for (let inVain = 0; timeline.current.hasBefore && inVain < READS_IN_VAIN;) {
      const had = timeline.current.items.length
      if (had >= SCROLLED) break
      await room.messages.loadBefore().catch(() => undefined)
      inVain = timeline.current.items.length > had ? 0 : inVain + 1
    }
    const messages = timeline.current.items.map((item) => shortenMessage(item))
    const head = room.info.current?.head ?? 0
    const { unread, mentions } = room.info.current?.me ?? {}
    const isAll = !timeline.current.hasBefore || messages.length < SCROLLED
    writeHistory(recorder, device, { roomId, invokedMs, result: { head, messages, isAll } })
    if (unread === undefined) return
    const about = { subject: device.userId, observer: device.name, roomId, atMs: recorder.now() }
    recorder.write({ kind: 'observation', what: 'unread', value: { unread, mentions }, ...about })
  } finally {
    close()
  }
}

async function untilAtHeads(
  client: LoadClient,
  own: readonly QuietRoom[],
  quietMs: number,
): Promise<void> {
  try {
    client.start()
    await untilLive(client, quietMs)
    const look = (): Look => {
      const positions = own.map(({ roomId }) => client.reading.position(roomId) ?? 0)
      const isDone = own.every(({ head }, at) => (positions[at] ?? 0) >= head)
      return { isDone, picture: positions.join() }
    }
    await untilStill(look, { quietMs, everyMs: 50 })
  } finally {
    client.reading.end(own.map(({ roomId }) => roomId))
    await client.close()
  }
}

async function untilLive(client: LoadClient, withinMs: number): Promise<void> {
  const { signal, clear } = createDeadline(withinMs)
  await client.live(signal)
  clear()
}

interface Answer<Item> {
  readonly data: readonly Item[]
  readonly head: number
  readonly page: {
    readonly before: number | null
    readonly after: number | null
    readonly hasMoreBefore: boolean
    readonly hasMoreAfter: boolean
  }
}

async function readPage<Item>({ rest }: StagedUser, path: string): Promise<Answer<Item>> {
  return (await must(rest, { method: 'GET', path })) as unknown as Answer<Item>
}

/** Where one sees only what was said since one came, it begins with what it is given first. */
function begin({ stage, recorder }: FinalReadsOptions, room: QuietRoom, name: string): RoomReading {
  const { roomId, owner } = room
  const device = { name: `${name}-${owner.username}`, userId: owner.userId, via: 'http' as const }
  const reading = new RoomReading(recorder, device)
  const isWhole = stage.rooms.some(({ id, history }) => id === roomId && history === 'all')
  if (isWhole) reading.startAt(roomId, 0)
  return reading
}

function writeHistory(
  recorder: Recorder,
  { name, userId, via }: Device,
  read: {
    readonly roomId: string
    readonly invokedMs: number
    readonly result: Record<string, unknown>
  },
): void {
  recorder.write({
    kind: 'operation',
    process: name,
    userId,
    via,
    op: 'history',
    roomId: read.roomId,
    attempt: 0,
    invokedMs: read.invokedMs,
    completedMs: recorder.now(),
    type: 'ok',
    result: read.result,
  })
}
