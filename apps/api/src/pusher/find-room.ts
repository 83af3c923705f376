import { createLruCache } from '@parley/server-kit'
import { createHash } from 'node:crypto'
import { SYSTEM_ID, type Actor, type RoleOverrides } from '@parley/message-schema'
import { stringify } from 'uuid'
import type { ChannelStore } from '../db/pusher/channel-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'

export const SYSTEM: Actor = { id: SYSTEM_ID, kind: 'system' }
export const SUBSCRIBER_ROLE = 'guest'

/** Subscribers read. What is said in a channel, its app says. */
const READ_ONLY: RoleOverrides = {
  [SUBSCRIBER_ROLE]: { deny: ['message:send', 'message:react', 'message:edit-own'] },
}

const KNOWN_MAX = 10_000
const ROOM_NAME_MAX = 100

/**
 * A UUID of version 8: no route makes rooms with such ids, so that none but an app's own channel is
 * ever found behind its name.
 */
function roomIdOf(appId: string, channel: string): string {
  const bytes = createHash('sha256').update(`pusher channel\n${appId}\n${channel}`).digest()
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return stringify(bytes.subarray(0, 16))
}

export interface ChannelRooms {
  /** The room of a channel, made if it is the first time that somebody asks. */
  readonly ensure: (appId: string, channel: string) => Promise<string>
  /** It is not there any more: it may be made again. */
  readonly forget: (roomId: string) => void
}

export function createChannelRooms(ports: {
  readonly run: RunCommand
  readonly add: ChannelStore['add']
  readonly retentionDays: number
}): ChannelRooms {
  const { run, add, retentionDays } = ports
  const known = createLruCache<true>({ max: KNOWN_MAX })
  return {
    async ensure(appId, channel) {
      const roomId = roomIdOf(appId, channel)
      if (known.has(roomId)) return roomId
      await run({
        kind: 'room:create',
        actor: SYSTEM,
        roomId,
        roomKind: 'room',
        name: channel.slice(0, ROOM_NAME_MAX),
        visibility: 'private',
        topic: null,
        // Whoever is let in is shown what comes, and not what others were shown before.
        history: 'since-join',
        retentionDays,
        roleOverrides: READ_ONLY,
        memberIds: [],
      })
      await add(appId, channel, roomId)
      known.set(roomId, true)
      return roomId
    },
    forget: (roomId) => {
      known.delete(roomId)
    },
  }
}
