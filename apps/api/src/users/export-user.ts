import { ParleyError } from '@parley/message-schema'
import type { ExportLine, UserExportStore } from '../db/users/user-export-store.ts'

/** Throws `NOT_FOUND` before the first line. Few rows are in memory at a time. */
export type ExportUser = (userId: string) => AsyncGenerator<readonly ExportLine[]>

const AT_ONCE = 500

export function createExportUser(store: UserExportStore): ExportUser {
  async function* pages<Position>(
    first: Position,
    read: (after: Position) => Promise<ExportLine[]>,
    positionOf: (line: ExportLine) => Position,
  ): AsyncGenerator<readonly ExportLine[]> {
    let position = first
    for (;;) {
      const lines = await read(position)
      const last = lines.at(-1)
      // A page of long lines is short: only an empty one is the end.
      if (last === undefined) return
      yield lines
      position = positionOf(last)
    }
  }

  async function* ofRooms(userId: string): AsyncGenerator<readonly ExportLine[]> {
    let roomId = await store.nextRoom(userId, null)
    while (roomId !== null) {
      const here = roomId
      yield* pages(
        0,
        (seq) => store.messages(userId, here, seq, AT_ONCE),
        (line) => line['seq'] as number,
      )
      yield* pages(
        0,
        (seq) => store.edits(userId, here, seq, AT_ONCE),
        (line) => line['seq'] as number,
      )
      // A person reacts to a room's messages by hand: that many are all of them.
      yield await store.reactions(userId, here, 20 * AT_ONCE)
      roomId = await store.nextRoom(userId, here)
    }
  }

  return async function* exportUser(userId) {
    const profile = await store.profile(userId)
    if (profile[0]?.type !== 'user') {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
    }
    yield profile
    yield* pages<string | null>(
      null,
      (after) => store.memberships(userId, after, AT_ONCE),
      (line) => line['roomId'] as string,
    )
    yield* ofRooms(userId)
    yield* pages<string | null>(
      null,
      (after) => store.files(userId, after, AT_ONCE),
      (line) => line['id'] as string,
    )
    // Whoever reads a file that ends without this line has read half of it.
    yield [{ type: 'end' }]
  }
}
