import {
  roomSignsChannel,
  userChannel,
  type Event,
  type Fact,
  type FactName,
  type RoomSign,
} from '@parley/message-schema'
import type { Logger, Redis } from '@parley/server-kit'
import type { Chat } from './create-chat.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { isLive } from './sessions/session.ts'
import { RoomSigns } from './signs/room-signs.ts'
import { SaySigns } from './signs/say-signs.ts'
import { roomChannel, type ChatServer } from './socket/socket-types.ts'

export interface SignsPorts {
  readonly chat: Chat
  readonly io: ChatServer
  readonly publisher: Redis
  /** Unique among processes: what comes back from Redis is known as one's own. */
  readonly name: string
  readonly metrics: GatewayMetrics
  readonly logger: Logger
}

const TICK_MS = 250

/** Typing and reading: what is said here goes out by Redis, what is heard is gathered for sockets. */
export function createSigns({ chat, io, publisher, name, metrics, logger }: SignsPorts) {
  const { feeds, users, silences } = chat
  const memberCount = (roomId: string): number | undefined => feeds.get(roomId)?.memberCount
  const toRoom = <Name extends FactName>(
    event: Name,
    roomId: string,
    fact: Fact<Name>,
    except: Iterable<string>,
  ): void => {
    const room = io.local.volatile.to(roomChannel(roomId)).except([...except].map(userChannel))
    ;(room.emit as (event: string, fact: unknown) => void).call(room, event, fact)
  }
  const heard = new RoomSigns({
    memberCount,
    hasLocalMembers: users.hasSessionsIn,
    emitTyping: (fact, except) => toRoom('typing', fact.roomId, fact, except),
    emitRead: (fact, except) => toRoom('read:moved', fact.roomId, fact, except),
    emitTypingTo: (userId, fact) => {
      for (const session of users.get(userId)?.sessions ?? []) {
        if (isLive(session, fact.roomId)) session.socket.emit('typing', fact)
      }
    },
  })
  const count = (sign: Omit<RoomSign, 'from'>, way: 'said' | 'heard'): void => {
    metrics.roomSigns.inc({ kind: sign.typing === undefined ? 'read' : 'typing', way })
  }

  const said = new SaySigns({
    user: (userId) => users.get(userId),
    memberCount,
    isSilenced: (roomId, userId) => silences.isSilenced(roomId, userId, Date.now()),
    say: (sign) => {
      count(sign, 'said')
      heard.hear({ ...sign, from: name }, Date.now())
      if (publisher.status !== 'ready') return
      publisher
        .publish(roomSignsChannel(sign.roomId), JSON.stringify({ ...sign, from: name }))
        .catch((error: unknown) => logger.debug({ err: error }, 'could not say a sign'))
    },
  })
  const timer = setInterval(() => heard.tick(Date.now()), TICK_MS)

  return {
    said,
    hear: (sign: RoomSign): void => {
      if (sign.from === name) return
      count(sign, 'heard')
      heard.hear(sign, Date.now())
    },
    spoke: (roomId: string, events: readonly Event[]): void => {
      const authors = events.filter(({ type }) => type === 'message:created')
      heard.spoke(
        roomId,
        authors.map(({ actor }) => actor.id),
        Date.now(),
      )
    },
    memberLeft: (roomId: string, userId: string): void =>
      heard.memberLeft(roomId, userId, Date.now()),
    stop: (): void => clearInterval(timer),
  }
}

export type GatewaySigns = ReturnType<typeof createSigns>
