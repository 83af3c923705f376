import type { Room } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createRepeater } from './create-repeater.ts'

export interface LearnRoomsPorts {
  readonly call: CallRoute
  readonly learned: (room: Room) => void
  /** It is not mine, or there is no such room. */
  readonly stranger: (roomId: string) => void
  readonly gatherMs?: number
  readonly random?: (() => number) | undefined
}

export interface LearnRooms {
  readonly ask: (roomId: string) => void
  /** What was asked before is void, also what is on its way. */
  readonly forget: (roomId: string) => void
  /** How many wait to be read. */
  readonly size: () => number
  readonly stop: () => void
}

const AT_ONCE = 4

/** Reads rooms one by one, each once however often it is asked for, until it is known. */
export function createLearnRooms(ports: LearnRoomsPorts): LearnRooms {
  const wanted = new Set<string>()
  const reading = new Map<string, symbol>()

  async function read(roomId: string): Promise<void> {
    // Asked for again while it is read, it is read again.
    wanted.delete(roomId)
    const mine = Symbol(roomId)
    reading.set(roomId, mine)
    try {
      const { room } = await ports.call('GET /v1/rooms/:id', { params: { id: roomId } })
      if (reading.get(roomId) !== mine) return
      if (room.me === undefined) ports.stranger(roomId)
      else ports.learned(room)
    } catch (error) {
      if (reading.get(roomId) !== mine) return
      if (error instanceof ChatError && !error.isRetryable && !error.code.startsWith('AUTH_')) {
        return ports.stranger(roomId)
      }
      wanted.add(roomId)
      throw error
    } finally {
      if (reading.get(roomId) === mine) reading.delete(roomId)
    }
  }

  const repeater = createRepeater({
    gatherMs: ports.gatherMs ?? 0,
    random: ports.random,
    run: async () => {
      const queue = [...wanted]
      const readers = Array.from({ length: Math.min(AT_ONCE, queue.length) }, async () => {
        for (let roomId = queue.shift(); roomId !== undefined; roomId = queue.shift()) {
          if (wanted.has(roomId)) await read(roomId)
        }
      })
      const outcomes = await Promise.allSettled(readers)
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
  })

  return {
    ask: (roomId) => {
      wanted.add(roomId)
      repeater.ask()
    },
    forget: (roomId) => {
      wanted.delete(roomId)
      reading.delete(roomId)
    },
    size: () => wanted.size,
    stop: () => {
      wanted.clear()
      reading.clear()
      repeater.stop()
    },
  }
}
