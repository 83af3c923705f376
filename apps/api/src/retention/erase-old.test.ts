import { expect, test } from 'vitest'
import { createEraseOld, lastBefore, type RoomToPurge } from './erase-old.ts'

test.each([
  [[], 0, 0],
  [[10, 20, 30], 25, 2],
  [[10, 20, 30], 5, 0],
  [[10, 20, 30], 31, 3],
  [[10, 10, 10, 40], 11, 3],
])('of the times %j, before %i, it is seq %i', async (times, moment, expected) => {
  const asked: number[] = []
  const sentAt = async (seq: number): Promise<Date | null> => {
    asked.push(seq)
    const time = times[seq - 1]
    return time === undefined ? null : new Date(time)
  }
  expect(await lastBefore(sentAt, 0, times.length, moment)).toBe(expected)
})

test('ten million events are a few look-ups', async () => {
  let asked = 0
  const sentAt = async (seq: number): Promise<Date> => {
    asked += 1
    return new Date(seq)
  }
  expect(await lastBefore(sentAt, 1_000, 10_000_000, 7_654_321)).toBe(7_654_320)
  expect(asked).toBeLessThan(30)
})

test('rooms that cannot be served hold up no other, and are told of at the end', async () => {
  const some = (kind: string, count: number): RoomToPurge[] =>
    Array.from({ length: count }, (_, n) => ({
      roomId: `${kind}${String(n).padStart(3, '0')}`,
      fromSeq: 1,
      toSeq: 1,
    }))
  const isBad = (roomId: string): boolean => roomId.startsWith('deleted') || roomId.endsWith('0')
  const purged = new Set<string>()
  const left = (rooms: readonly RoomToPurge[]) => rooms.filter((room) => !purged.has(room.roomId))
  const announced = some('old', 20).map(({ roomId }) => ({
    roomId,
    retentionDays: 1,
    erasedTo: 0,
    head: 1,
  }))
  const failing = async (roomId: string): Promise<void> => {
    if (isBad(roomId)) throw new Error('poison')
  }
  const eraseOld = createEraseOld({
    store: {
      rooms: async () => announced,
      sentAt: async () => new Date(0),
      hasMessages: async () => true,
      notePurge: failing,
      toPurge: async () => left(some('erased', 20)),
      deletedRooms: async (_days, limit) =>
        left([...some('deleted', 250), ...some('gone', 9)]).slice(0, limit),
      purge: async (roomId) => {
        await failing(roomId)
        purged.add(roomId)
      },
    },
    run: async () => ({}) as never,
    removeFromSearch: async () => undefined,
    graceDays: 1,
  })
  // Each once: two of the old, two of the erased, all of the deleted and one of the gone.
  await expect(eraseOld(new AbortController().signal)).rejects.toThrow(
    `in ${2 + 2 + 250 + 1} rooms`,
  )
  expect(purged.size).toBe(18 + 8)
})
