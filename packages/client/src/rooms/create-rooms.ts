import type { Fact, Room as RoomInfo } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import type { LogFollower } from '../log/create-log-follower.ts'
import { createRepeater } from '../log/create-repeater.ts'
import { createLearnRooms } from '../log/learn-rooms.ts'
import type { People } from '../people/people.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createAskUnread } from './ask-unread.ts'
import { createReading, type ReadingPart } from './create-reading.ts'
import { createRoom, type CreateRoomContent } from './create-room.ts'
import { createOpenRooms } from './open-rooms.ts'
import { RoomListView } from './room-list.ts'
import { RoomRecord, type RoomRecordPorts } from './room-record.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import { createShowLatest } from './show-latest.ts'

export interface RoomsPorts {
  readonly follower: LogFollower
  readonly connection: Pick<Connection, 'onFact' | 'request' | 'session'>
  readonly call: CallRoute
  readonly people: Pick<People, 'get'>
  readonly createContent: CreateRoomContent
  readonly random?: (() => number) | undefined
}

export interface RoomsPart {
  readonly rooms: Rooms
  /** Sends what waits: before the page is hidden or closed. */
  readonly flush: () => void
  readonly stop: () => void
}

interface Entry {
  readonly record: RoomRecord
  readonly reading: ReadingPart
  readonly room: Room
}

const SHOWN_AT_FIRST = 30
/** More rooms than this to be read again are read as a list. */
const FEW = 20
/** Many are told at once that rights have changed in a large room: they do not all ask at once. */
const INFO_GATHER_MS = 300
const INFO_SPREAD_MS = 1_500

const asChatError = (error: unknown): ChatError =>
  error instanceof ChatError ? error : unknownOutcome(error)

export function createRooms(ports: RoomsPorts): RoomsPart {
  const all = new AllRooms(ports)
  return {
    rooms: {
      list: all.view.list,
      unread: all.view.unread,
      get: (roomId) => all.entryOf(roomId).room,
      ...createComing(ports.call, (room) => all.come(room)),
      reload: () => ports.follower.reload(),
      showLatest: (roomIds) => all.showLatest(roomIds),
      refresh: (roomId) => all.refresh(roomId),
    },
    flush: () => all.flush(),
    stop: () => all.stop(),
  }
}

/** The ways into a room. It is there when they are answered. */
function createComing(
  call: CallRoute,
  come: (room: RoomInfo) => Room,
): Pick<Rooms, 'create' | 'openDm' | 'browse' | 'join' | 'joinByCode'> {
  return {
    create: async ({ memberIds, ...draft }) => {
      const body = { ...draft, ...(memberIds !== undefined && { memberIds: [...memberIds] }) }
      const { room } = await call('POST /v1/rooms', { body })
      return come(room)
    },
    openDm: async (userIds) => {
      const { room } = await call('POST /v1/dms', { body: { userIds: [...userIds] } })
      return come(room)
    },
    browse: async ({ cursor, ...query } = {}) => {
      const { data, page } = await call('GET /v1/rooms', {
        query: { scope: 'public', ...query, ...(cursor !== undefined && { after: cursor }) },
      })
      return { rooms: data, cursor: page.hasMoreAfter ? String(page.after) : null }
    },
    join: async (roomId) => {
      const params = { id: roomId, userId: 'me' }
      await call('PUT /v1/rooms/:id/members/:userId', { params, body: {} })
      const { room } = await call('GET /v1/rooms/:id', { params: { id: roomId } })
      return come(room)
    },
    joinByCode: async (code) => {
      const { room } = await call('POST /v1/invites/:code/accept', { params: { code } })
      return come(room)
    },
  }
}

class AllRooms {
  readonly view: RoomListView
  readonly #ports: RoomsPorts
  /** By id, of whatever rooms were asked for: whoever asked holds the object. */
  readonly #entries = new Map<string, Entry>()
  readonly #openRooms = createOpenRooms()
  readonly #lines: ReturnType<typeof createShowLatest>
  readonly #reload: ReturnType<typeof createRepeater>
  readonly #infos: ReturnType<typeof createLearnRooms>
  readonly #askUnread: ReturnType<typeof createAskUnread>
  readonly #recordPorts: RoomRecordPorts
  readonly #ends: readonly (() => void)[]

  constructor(ports: RoomsPorts) {
    this.#ports = ports
    const { call, follower, connection, random = Math.random } = ports
    this.view = new RoomListView(ports.people)
    this.#lines = createShowLatest({
      call,
      random,
      record: (roomId) => this.#entries.get(roomId)?.record,
      changed: (record) => this.view.changed(record),
    })
    this.#reload = createRepeater({ random, run: () => follower.reload() })
    this.#infos = createLearnRooms({
      call,
      random,
      gatherMs: INFO_GATHER_MS + random() * INFO_SPREAD_MS,
      learned: (room) => this.#entries.get(room.id)?.record.take(room),
      // The log tells whether it is mine.
      stranger: () => undefined,
    })
    const mustReadInfo = (roomId: string): void => this.mustReadInfo(roomId)
    this.#askUnread = createAskUnread({ call, random, mustReadInfo, records: () => this.#mine() })
    this.#recordPorts = {
      mustReadInfo,
      myId: () => connection.session.current?.userId ?? '',
      limits: () => connection.session.current?.limits ?? {},
      changed: (record) => this.view.changed(record),
      mustReadLine: (roomId) => this.#readLine(roomId),
      mustAskUnread: () => this.#askUnread.ask(),
      memberLeft: (roomId, userId) => this.#entries.get(roomId)?.reading.left(userId),
    }
    this.#ends = [
      follower.listen({
        listed: (rooms) => this.#listed(rooms),
        listFailed: (error) => this.view.failed(asChatError(error)),
        added: (room) => this.#added(room),
        removed: (roomId) => this.#entries.get(roomId)?.record.drop(),
        returned: () => this.#returned(),
      }),
      connection.onFact('read:moved', (fact: Fact<'read:moved'>) =>
        this.#entries.get(fact.roomId)?.reading.heard(fact),
      ),
    ]
  }

  entryOf(roomId: string): Entry {
    const known = this.#entries.get(roomId)
    if (known !== undefined) return known
    const { follower, connection, call, createContent, random } = this.#ports
    const { request } = connection
    const record = new RoomRecord(follower.get(roomId), this.#recordPorts)
    const { myId } = this.#recordPorts
    const reading = createReading({ record, request, call, myId, random })
    const taken = (info: RoomInfo): void => {
      record.take(info)
      this.view.publish()
    }
    const openRooms = this.#openRooms
    const room = createRoom({ record, reading, createContent, openRooms, call, taken })
    const entry = { record, reading, room }
    this.#entries.set(roomId, entry)
    return entry
  }

  come(info: RoomInfo): Room {
    this.#ports.follower.add(info)
    this.view.publish()
    return this.entryOf(info.id).room
  }

  showLatest(roomIds: readonly string[]): void {
    this.#lines.show(roomIds)
  }

  async refresh(roomId: string): Promise<void> {
    const { room } = await this.#ports.call('GET /v1/rooms/:id', { params: { id: roomId } })
    this.#entries.get(roomId)?.record.take(room)
    this.view.publish()
  }

  mustReadInfo(roomId: string): void {
    this.#infos.ask(roomId)
    if (this.#infos.size() <= FEW) return
    this.#infos.stop()
    this.#reload.ask()
  }

  flush(): void {
    for (const { reading } of this.#entries.values()) reading.flush()
  }

  stop(): void {
    for (const end of this.#ends) end()
    for (const { reading } of this.#entries.values()) reading.stop()
    for (const one of [this.#openRooms, this.#lines, this.#reload, this.#infos]) one.stop()
    for (const one of [this.#askUnread, this.view]) one.stop()
  }

  *#mine(): Iterable<RoomRecord> {
    for (const { record } of this.#entries.values()) if (record.isMine) yield record
  }

  #first(): string[] {
    return this.view.list.current.rooms.slice(0, SHOWN_AT_FIRST).map(({ info }) => info.id)
  }

  #readLine(roomId: string): void {
    if (this.#first().includes(roomId)) this.#lines.show([roomId])
  }

  #listed(rooms: readonly RoomInfo[]): void {
    const isFirst = this.view.list.current.status !== 'ready'
    for (const room of rooms) this.entryOf(room.id).record.take(room)
    this.view.ready()
    if (isFirst) void this.#showFirst(rooms.map(({ id }) => id))
  }

  async #showFirst(roomIds: readonly string[]): Promise<void> {
    // The list is complete without: what is on screen is asked for one by one.
    await this.#lines.glance(roomIds).catch(() => undefined)
    this.view.publish()
    this.#lines.show(this.#first())
  }

  #added(room: RoomInfo): void {
    this.entryOf(room.id).record.take(room)
    this.#lines.show([room.id])
  }

  #returned(): void {
    for (const { record, reading } of this.#entries.values()) {
      record.doubt()
      reading.returned()
    }
    this.#askUnread.ask()
  }
}
