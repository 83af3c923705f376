import type { Room } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createRepeater } from './create-repeater.ts'

export interface LearnRoomsPorts {
  readonly call: CallRoute
  readonly learned: (room: Room) => void
  /** It is not mine, or there is no such room. */
  readonly stranger?: (roomId: string) => void
  readonly gatherMs?: number
  readonly random?: (() => number) | undefined
}

export interface LearnRooms {
  readonly ask: (roomId: string) => void
  /** What was asked before is void, also what is on its way. */
  readonly forget: (roomId: string) => void
  /** How many are not known yet. */
  readonly size: () => number
  readonly stop: () => void
}

const AT_ONCE = 4

/** Reads rooms one by one, each once however often it is asked for, until it is known. */
export function createLearnRooms(ports: LearnRoomsPorts): LearnRooms {
  const asked = new Map<string, { isAskedAgain: boolean }>()

  async function read(roomId: string): Promise<Room | null> {
    try {
      return (await ports.call('GET /v1/rooms/:id', { params: { id: roomId } })).room
    } catch (error) {
      const isOver = error instanceof ChatError && !error.isRetryable
      if (isOver && !error.code.startsWith('AUTH_')) return null
      throw error
    }
  }

  const repeater = createRepeater({
    ...ports,
    async run() {
      const queue = new Map(asked).entries()
      const readSome = async (): Promise<void> => {
        for (const [roomId, one] of queue) {
          one.isAskedAgain = false
          const room = await read(roomId)
          if (asked.get(roomId) !== one) continue
          // Asked for again while it was read, it is read again.
          if (!one.isAskedAgain) asked.delete(roomId)
          if (room?.me === undefined) ports.stranger?.(roomId)
          else ports.learned(room)
        }
      }
      const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, readSome))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed) throw failed.reason
    },
  })

  return {
    ask(roomId) {
      const known = asked.get(roomId)
      if (known === undefined) asked.set(roomId, { isAskedAgain: false })
      else known.isAskedAgain = true
      repeater.ask()
    },
    forget: (roomId) => void asked.delete(roomId),
    size: () => asked.size,
    stop() {
      asked.clear()
      repeater.stop()
    },
  }
}
