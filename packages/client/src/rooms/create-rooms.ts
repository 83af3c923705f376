import type { Room as RoomInfo } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import { loadLater } from '../load-later.ts'
import type { LogFollower } from '../log/create-log-follower.ts'
import { createRepeater } from '../log/create-repeater.ts'
import { createLearnRooms } from '../log/learn-rooms.ts'
import type { People } from '../people/people.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createReading, type ReadingPart } from './create-reading.ts'
import { createRoom, type CreateRoomContent } from './create-room.ts'
import { laterMethods } from '../later-methods.ts'
import { createOpenRooms } from './open-rooms.ts'
import { createRoomListView } from './room-list.ts'
import { RoomRecord, type RoomRecordPorts } from './room-record.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'

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
  /** Sends what waits: before the page is hidden or closed. Resolves when it was tried. */
  readonly flush: () => Promise<unknown>
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
const GATHER_MS = 300
const SPREAD_MS = 1_500

export function createRooms(ports: RoomsPorts): RoomsPart {
  const { call, follower, connection } = ports
  const all = createAllRooms(ports)
  const { entries, entryOf, view, take, showLines } = all
  const come = (room: RoomInfo): Room => {
    follower.add(room)
    view.publish()
    return entryOf(room.id).room
  }
  const entrance = loadLater(async () => {
    const { createRoomEntrance } = await import('./room-actions.ts')
    return createRoomEntrance(call, come, all.taken)
  })

  const ends = [
    follower.listen({
      listed(rooms) {
        const isFirst = view.list.current.status !== 'ready'
        for (const room of rooms) take(room)
        view.read(null)
        if (isFirst) void all.glance(rooms.map(({ id }) => id))
      },
      listFailed: (error) => view.read(error instanceof ChatError ? error : unknownOutcome(error)),
      added(room) {
        take(room)
        showLines([room.id])
      },
      returned() {
        for (const { record, reading } of entries.values()) {
          record.doubt()
          reading.returned()
        }
      },
    }),
    connection.onFact('read:moved', (fact) => entries.get(fact.roomId)?.reading.heard(fact)),
  ]

  return {
    rooms: {
      list: view.list,
      unread: view.unread,
      get: (roomId) => entryOf(roomId).room,
      ...laterMethods(entrance, ['create', 'openDm', 'browse', 'join', 'joinByCode', 'refresh']),
      reload: follower.reload,
      showLatest: showLines,
    },
    flush: () => Promise.all([...entries.values()].map(({ reading }) => reading.flush())),
    stop() {
      for (const end of ends) end()
      all.stop()
    },
  }
}

/** The rooms that were asked for, and what is read of them beside their logs. */
function createAllRooms({ createContent, people, ...ports }: RoomsPorts) {
  const { call, follower, connection, random = Math.random } = ports
  /** By id: whoever asked holds the object. */
  const entries = new Map<string, Entry>()
  const view = createRoomListView(people)
  const openRooms = createOpenRooms()
  let isStopped = false
  const take = (room: RoomInfo): void => entryOf(room.id).record.take(room)
  const taken = (room: RoomInfo): void => {
    take(room)
    view.publish()
  }

  const reload = createRepeater({ random, run: follower.reload })
  // Whether it is mine is told by the log.
  const gatherMs = GATHER_MS + random() * SPREAD_MS
  const infos = createLearnRooms({ call, random, gatherMs, learned: take })
  const mustReadInfo = (roomId: string): void => {
    infos.ask(roomId)
    if (infos.size() <= FEW) return
    infos.stop()
    reload.ask()
  }
  const unread = createRepeater({
    random,
    gatherMs: GATHER_MS,
    async run() {
      const { askUnread } = await import('./ask-unread.ts')
      const records = [...entries.values()].map(({ record }) => record)
      await askUnread(call, records, mustReadInfo)
    },
  })

  const lines = loadLater(async () => {
    const { createShowLatest } = await import('./show-latest.ts')
    const record = (id: string) => (isStopped ? undefined : entries.get(id)?.record)
    return createShowLatest({ call, random, record, changed: view.changed })
  })
  // What cannot be read is asked for again when it is shown again: the list is complete without.
  const showLines = (roomIds: readonly string[]): void =>
    void lines().then(
      ({ show }) => show(roomIds),
      () => undefined,
    )
  const showFirst = (): void =>
    showLines(view.list.current.rooms.slice(0, SHOWN_AT_FIRST).map(({ info }) => info.id))
  const glance = async (roomIds: readonly string[]): Promise<void> => {
    await lines()
      .then((one) => one.glance(roomIds))
      .catch(() => undefined)
    view.publish()
    showFirst()
  }

  const recordPorts: RoomRecordPorts = {
    mustReadInfo,
    myId: () => connection.session.current?.userId ?? '',
    limits: () => connection.session.current?.limits ?? {},
    changed: view.changed,
    mustReadLine: showFirst,
    mustAskUnread: unread.ask,
    memberLeft: (roomId, userId) => entries.get(roomId)?.reading.left(userId),
  }
  function entryOf(roomId: string): Entry {
    const known = entries.get(roomId)
    if (known !== undefined) return known
    const record = new RoomRecord(follower.get(roomId), recordPorts)
    const { request } = connection
    const reading = createReading({ record, request, call, myId: recordPorts.myId, random })
    const room = createRoom({ record, reading, createContent, openRooms, call, taken })
    const entry = { record, reading, room }
    entries.set(roomId, entry)
    return entry
  }
  function stop(): void {
    isStopped = true
    for (const { reading } of entries.values()) reading.stop()
    for (const one of [openRooms, reload, infos, unread, view]) one.stop()
  }
  return { entries, entryOf, view, take, taken, unread, showLines, glance, stop }
}
