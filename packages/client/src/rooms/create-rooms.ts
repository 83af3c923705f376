import type { Room as RoomInfo } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import { loadLater } from '../load-later.ts'
import type { LogFollower } from '../log/create-log-follower.ts'
import { createRepeater } from '../log/create-repeater.ts'
import { createLearnRooms } from '../log/learn-rooms.ts'
import type { People } from '../people/people.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { askUnread } from './ask-unread.ts'
import { createReading, type ReadingPart } from './create-reading.ts'
import { createRoom, type CreateRoomContent } from './create-room.ts'
import { laterMethods } from './later-methods.ts'
import { createOpenRooms } from './open-rooms.ts'
import { createRoomListView } from './room-list.ts'
import { RoomRecord, type RoomRecordPorts } from './room-record.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import type { ShowLatest } from './show-latest.ts'

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
const GATHER_MS = 300
const SPREAD_MS = 1_500

export function createRooms(ports: RoomsPorts): RoomsPart {
  const { call, follower, connection, random = Math.random } = ports
  /** By id, of whatever rooms were asked for: whoever asked holds the object. */
  const entries = new Map<string, Entry>()
  const view = createRoomListView(ports.people)
  const openRooms = createOpenRooms()
  const recordOf = (roomId: string): RoomRecord | undefined => entries.get(roomId)?.record
  const take = (room: RoomInfo): void => entryOf(room.id).record.take(room)
  const taken = (room: RoomInfo): void => {
    take(room)
    view.publish()
  }

  const reload = createRepeater({ random, run: follower.reload })
  const infos = createLearnRooms({
    call,
    random,
    gatherMs: GATHER_MS + random() * SPREAD_MS,
    // Whether it is mine is told by the log.
    learned: take,
  })
  const unread = createRepeater({
    random,
    gatherMs: GATHER_MS,
    run() {
      const records = [...entries.values()].map(({ record }) => record)
      return askUnread(
        call,
        records.filter(({ isMine }) => isMine),
        mustReadInfo,
      )
    },
  })
  const lines = createLines({ call, random, record: recordOf, changed: view.changed })
  const showFirst = (): void =>
    lines.show(view.list.current.rooms.slice(0, SHOWN_AT_FIRST).map(({ info }) => info.id))

  function mustReadInfo(roomId: string): void {
    infos.ask(roomId)
    if (infos.size() <= FEW) return
    infos.stop()
    reload.ask()
  }
  const recordPorts: RoomRecordPorts = {
    mustReadInfo,
    myId: () => connection.session.current?.userId ?? '',
    limits: () => connection.session.current?.limits ?? {},
    changed: view.changed,
    // Those that are on screen; the others when they are.
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
    const room = createRoom({ ...ports, record, reading, openRooms, taken })
    const entry = { record, reading, room }
    entries.set(roomId, entry)
    return entry
  }
}
