import { isDeepStrictEqual } from 'node:util'
import { hideClientMsgId, type Event } from '@parley/message-schema'
import type { MemoryDatabase, RoomRows } from '../log/memory-database.ts'
import { sealEvent } from '../product.ts'

interface Membership {
  readonly from: number
  /** Of the `member:left`, or `Infinity`. */
  until: number
}

function membershipsOf(rows: RoomRows, userId: string): Membership[] {
  const memberships: Membership[] = []
  for (const event of rows.committed) {
    if (event.type === 'member:joined' && event.data.userId === userId) {
      memberships.push({ from: event.seq, until: Infinity })
    } else if (event.type === 'member:left' && event.data.userId === userId) {
      const last = memberships.at(-1)
      if (last !== undefined) last.until = event.seq
    }
  }
  return memberships
}

/** Where the membership ended in which this reader was at `seq`; `undefined` if it did not. */
export function leftAfter(rows: RoomRows, userId: string, seq: number): number | undefined {
  const here = membershipsOf(rows, userId).find(({ from, until }) => from <= seq + 1 && seq < until)
  return here === undefined || here.until === Infinity ? undefined : here.until
}

/** Why this reader should not have been handed this event now, or `undefined`. */
export function whyNotAllowed(rows: RoomRows, userId: string, seq: number): string | undefined {
  const memberships = membershipsOf(rows, userId)
  const isFounder = memberships[0] !== undefined && memberships[0].from <= rows.founding
  const allowed = memberships.some(({ from, until }, index) => {
    const seesAll = rows.room.history === 'all' || (isFounder && index === 0)
    return seq < until && (seesAll || seq >= from)
  })
  if (allowed) return undefined
  const shown = memberships.map(({ from, until }) => `${from}…${until}`).join(', ')
  return `${seq} is outside of ${userId}'s memberships (${shown || 'none'})`
}

/** Why this is not what the log says at this place, or `undefined`. */
export function whyNotTrue(rows: RoomRows, userId: string, event: Event): string | undefined {
  const committed = rows.committed[event.seq - 1]
  const now = rows.events[event.seq - 1]
  if (committed === undefined || now === undefined) return `${event.seq} is not in the log`
  const text = JSON.stringify(event)
  const wanted = JSON.stringify(hideClientMsgId(sealEvent(committed), userId))
  if (text === wanted) return undefined
  // Fields may come in another order, and what is erased by now is a tombstone.
  const erased = JSON.stringify(hideClientMsgId(sealEvent(now), userId))
  const isSame = [wanted, erased].some((one) =>
    isDeepStrictEqual(JSON.parse(one), JSON.parse(text)),
  )
  return isSame ? undefined : `${event.seq} is ${text}, in the log ${wanted}`
}

export function isMember(database: MemoryDatabase, roomId: string, userId: string): boolean {
  const rows = database.rooms.get(roomId)
  return rows?.members.get(userId)?.leftSeq === null && rows.room.deletedAt === null
}
