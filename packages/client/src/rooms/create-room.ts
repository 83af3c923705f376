import type { Room as RoomInfo } from '@parley/message-schema'
import { loadLater } from '../load-later.ts'
import type { RoomLog } from '../log/room-log.ts'
import type { Messages } from '../messages/messages.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { tellEach, type Store } from '../store.ts'
import type { ReadingPart } from './create-reading.ts'
import { laterMethods } from '../later-methods.ts'
import type { OpenRooms } from './open-rooms.ts'
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
      events: (events) => tellEach(events, listener),
      reset(head, reason) {
        if (isKnown && reason !== 'not-member') onReset?.(head)
        isKnown = true
      },
    })
  }
}

export function createRoom(ports: RoomPorts): Room {
  const { record, reading, openRooms, call, taken } = ports
  const { roomId: id, log, info } = record
  let content: RoomContent | undefined
  const contentOf = (): RoomContent => (content ??= ports.createContent({ id, log, info }))
  let closeContent: (() => void) | undefined
  const actions = loadLater(async () => {
    const { createRoomActions } = await import('./room-actions.ts')
    return createRoomActions(id, call, taken)
  })

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
    open: () =>
      openRooms.open(id, {
        opened() {
          closeContent = contentOf().open()
          reading.opened()
        },
        closed() {
          reading.closed()
          closeContent?.()
        },
      }),
    onEvent: followEvents(log),
    members: {
      revision: record.membersRevision,
      ...laterMethods(actions, [
        'list',
        'add',
        'setRole',
        'remove',
        'mute',
        'unmute',
        'ban',
        'unban',
        'kick',
      ]),
    },
    ...laterMethods(actions, ['update', 'leave', 'delete', 'invite', 'inviteUser']),
  }
}
