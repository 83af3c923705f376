import type { CallRoute } from '../rest/call-route.ts'
import { createRepeater } from '../log/create-repeater.ts'
import { lineOf } from './latest-line.ts'
import type { RoomRecord } from './room-record.ts'

export interface ShowLatestPorts {
  readonly call: CallRoute
  /** `undefined` also when it is over: nothing is read then. */
  readonly record: (roomId: string) => RoomRecord | undefined
  readonly changed: (record: RoomRecord) => void
  readonly random?: (() => number) | undefined
}

export interface ShowLatest {
  /** One request for each room whose latest message is not known. */
  readonly show: (roomIds: readonly string[]) => void
  /** One request for each 400 rooms: most have their latest message among their last four events. */
  readonly glance: (roomIds: readonly string[]) => Promise<void>
}

const AT_ONCE = 3
const WAITING_AT_MOST = 100
const GLANCE_ROOMS = 400
const GLANCE_EVENTS = 4
const GLANCES_AT_MOST = 5

/** Reads the line below the name of a room, for rooms of which no message has come yet. */
export function createShowLatest({ call, record, changed, random }: ShowLatestPorts): ShowLatest {
  let waiting: string[] = []

  async function read(one: RoomRecord): Promise<void> {
    const { data } = await call('GET /v1/rooms/:id/messages', {
      params: { id: one.roomId },
      query: { limit: 1 },
    })
    const line = data[0] === undefined ? null : lineOf(data[0])
    // One that came meanwhile is newer.
    if (!one.isLineOld && (line?.seq ?? 0) < (one.line?.seq ?? 0)) return
    one.line = line
    one.isLineOld = false
    changed(one)
  }

  const reader = createRepeater({
    random,
    // What cannot be read now is asked for again when it is shown again.
    mayRetry: () => false,
    run: async () => {
      const next = async (): Promise<void> => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const one = record(id)
          if (one?.isMine === true) await read(one)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, next))
    },
  })

  async function glanceAt(roomIds: readonly string[]): Promise<void> {
    const rooms: Record<string, number> = {}
    for (const roomId of roomIds) {
      const position = record(roomId)?.log.position ?? 0
      if (position > 0) rooms[roomId] = Math.max(0, position - GLANCE_EVENTS)
    }
    if (Object.keys(rooms).length === 0) return
    const answer = await call('POST /v1/sync', { body: { rooms } })
    for (const [roomId, sync] of Object.entries(answer.rooms)) {
      const one = record(roomId)
      if (one !== undefined && !('reset' in sync)) one.glance(sync.events)
    }
  }

  return {
    show: (roomIds) => {
      const unknown = roomIds.filter((roomId) => record(roomId)?.isLineKnown === false)
      // The latest asked for is on screen now.
      waiting = [...new Set([...unknown, ...waiting])].slice(0, WAITING_AT_MOST)
      if (waiting.length > 0) reader.ask()
    },
    glance: async (roomIds) => {
      const most = Math.min(roomIds.length, GLANCE_ROOMS * GLANCES_AT_MOST)
      for (let at = 0; at < most; at += GLANCE_ROOMS) {
        await glanceAt(roomIds.slice(at, at + GLANCE_ROOMS))
      }
    },
  }
}
