import { createLruCache } from '@parley/server-kit'
import type { BatchState } from '../../room-log/batch-state.ts'

const ROOMS = 200_000

/**
 * Which rooms are conversations of two. A room's kind never changes, so what was seen once is so for
 * ever: only in such rooms, and in those not seen yet, it has to be asked who blocks whom.
 */
export class RoomKinds {
  readonly #isDirect = createLruCache<boolean>({ max: ROOMS })

  mayBeDirect(roomId: string): boolean {
    return this.#isDirect.get(roomId) !== false
  }

  learn({ rooms }: BatchState): void {
    for (const [roomId, { kind }] of rooms) this.#isDirect.set(roomId, kind === 'dm')
  }
}
