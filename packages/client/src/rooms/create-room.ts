import type { Room as RoomInfo } from '@parley/message-schema'
import type { RoomLog } from '../log/room-log.ts'
import type { Messages } from '../messages/messages.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { reportError, type Store } from '../store.ts'
import type { ReadingPart } from './create-reading.ts'
import type { OpenRooms } from './open-rooms.ts'
import { createRoomMembers } from './room-members.ts'
import type { RoomRecord } from './room-record.ts'
import type { Room } from './room.ts'
import type { Typing } from './typing.ts'

/** What is said and being said in a room. */
export interface RoomContent {
  readonly messages: Messages
  readonly typing: Typing
  /** The room is shown from now on, until what is answered is called: once, a while after it was closed. */
  readonly open: () => () => void
}

export type CreateRoomContent = (room: {
  readonly id: string
  readonly log: RoomLog
  readonly info: Store<RoomInfo | null>
}) => RoomContent

export interface RoomPorts {
  readonly record: RoomRecord
  readonly reading: ReadingPart
  readonly createContent: CreateRoomContent
  readonly openRooms: OpenRooms
  readonly call: CallRoute
  /** The server has answered what the room is now. */
  readonly taken: (room: RoomInfo) => void
}

/** `onEvent`: the first reset of a log that was not known before skips nothing that was promised. */
function followEvents(log: RoomLog): Room['onEvent'] {
  return (listener, onReset) => {
    let isKnown = log.position !== null
    return log.follow({
      events: (events) => {
        for (const event of events) {
          try {
            listener(event)
          } catch (error) {
            reportError(error)
          }
        }
      },
      reset: (head, reason) => {
        if (isKnown && reason !== 'not-member') onReset?.(head)
        isKnown = true
      },
    })
  }
}

export function createRoom(ports: RoomPorts): Room {
  const { record, reading, openRooms, call, taken } = ports
  const { roomId: id, log, info } = record
  const params = { id }
  let content: RoomContent | null = null
  const contentOf = (): RoomContent => (content ??= ports.createContent({ id, log, info }))
  let closeContent: (() => void) | null = null

  const held = {
    opened: () => {
      closeContent = contentOf().open()
      reading.opened()
    },
    closed: () => {
      reading.closed()
      closeContent?.()
      closeContent = null
    },
  }

  return {
    id,
    info,
    get messages() {
      return contentOf().messages
    },
    get typing() {
      return contentOf().typing
    },
    reading,
    ...createRoomMembers(id, call, record.membersRevision),
    open: () => openRooms.open(id, held),
    onEvent: followEvents(log),
    update: async (change) => {
      const { room } = await call('PATCH /v1/rooms/:id', { params, body: change })
      taken(room)
      return room
    },
    leave: async () => {
      await call('DELETE /v1/rooms/:id/members/:userId', { params: { id, userId: 'me' } })
    },
    delete: async () => {
      await call('DELETE /v1/rooms/:id', { params })
    },
  }
}
