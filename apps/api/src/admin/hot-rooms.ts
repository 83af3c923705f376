import type { RoomNews } from '@parley/message-schema'

const SLICE_MS = 10_000
/** Rooms that one slice knows. */
const ROOMS = 500

interface Slice {
  readonly until: number
  readonly counts: Map<string, number>
}

export interface HotRooms {
  /** Of what this process has just committed. */
  readonly note: (news: readonly Pick<RoomNews, 'roomId' | 'events'>[]) => void
  /** The hottest first. */
  readonly top: (limit: number) => { readonly roomId: string; readonly messages: number }[]
  /** Since the call before. */
  readonly takeMessages: () => number
}

/** Where there is no place for another room, each is one message cooler: what is hot stays. */
function add({ counts }: Slice, roomId: string, messages: number): void {
  const before = counts.get(roomId)
  if (before !== undefined || counts.size < ROOMS) {
    counts.set(roomId, (before ?? 0) + messages)
    return
  }
  for (const [other, count] of counts) {
    if (count > 1) counts.set(other, count - 1)
    else counts.delete(other)
  }
}

/**
 * Messages by room of the last minutes, in bounded memory, whatever the number of rooms. A count may be
 * too low by one in 500 of all messages of a slice, never too high.
 */
export function createHotRooms(windowMs: number, now: () => number = Date.now): HotRooms {
  let slices: Slice[] = []
  let messagesSince = 0

  function current(): Slice {
    const at = now()
    const last = slices.at(-1)
    if (last !== undefined && last.until > at) return last
    slices = slices.filter(({ until }) => until > at - windowMs)
    const slice = { until: at + SLICE_MS, counts: new Map<string, number>() }
    slices.push(slice)
    return slice
  }

  return {
    note(news) {
      for (const { roomId, events } of news) {
        const messages = events.filter(({ type }) => type === 'message:created').length
        if (messages === 0) continue
        messagesSince += messages
        add(current(), roomId, messages)
      }
    },

    top(limit) {
      const from = now() - windowMs
      const sums = new Map<string, number>()
      for (const { counts } of slices.filter(({ until }) => until > from)) {
        for (const [roomId, count] of counts) sums.set(roomId, (sums.get(roomId) ?? 0) + count)
      }
      return [...sums]
        .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([roomId, messages]) => ({ roomId, messages }))
    },

    takeMessages() {
      const taken = messagesSince
      messagesSince = 0
      return taken
    },
  }
}
