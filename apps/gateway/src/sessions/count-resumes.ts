import type { Counter } from '@parley/server-kit'
import type { CommandHandlers } from '../socket/dispatch.ts'

export interface ResumeCounts {
  readonly resumedRooms: Counter<'outcome'>
  readonly recoveredEvents: Counter
}

/** Counts what a resume was answered, room by room, when it is answered. */
export function countResumes(
  sync: CommandHandlers['sync'],
  { resumedRooms, recoveredEvents }: ResumeCounts,
): CommandHandlers['sync'] {
  return async (session, payload) => {
    const prepared = await sync(session, payload)
    if (payload.rooms === undefined) return prepared
    return {
      goLive: prepared.goLive,
      answer() {
        const result = prepared.answer()
        let recovered = 0
        for (const room of Object.values(result.rooms)) {
          if ('reset' in room) resumedRooms.inc({ outcome: room.reason })
          else {
            resumedRooms.inc({ outcome: 'ok' })
            recovered += room.events.length
          }
        }
        if (recovered > 0) recoveredEvents.inc(recovered)
        return result
      },
    }
  }
}
