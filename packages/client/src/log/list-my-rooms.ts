import type { Room } from '@parley/message-schema'
import type { CallRoute } from '../rest/call-route.ts'

const PAGE = 200

async function listAll(call: CallRoute, archived: boolean): Promise<Room[]> {
  const rooms: Room[] = []
  let after: string | undefined
  for (;;) {
    const { data, page } = await call('GET /v1/rooms', {
      query: { archived: String(archived), limit: PAGE, ...(after !== undefined && { after }) },
    })
    rooms.push(...data)
    const next = page.after === null ? undefined : String(page.after)
    // A place that does not move would be read for ever.
    if (!page.hasMoreAfter || next === undefined || next === after) return rooms
    after = next
  }
}

/** All of them, also the archived ones: one request for each 200, and one for the archived. */
export async function listMyRooms(call: CallRoute): Promise<Room[]> {
  const [open, archived] = await Promise.all([listAll(call, false), listAll(call, true)])
  // One that was archived meanwhile may be in both.
  return [...new Map([...archived, ...open].map((room) => [room.id, room])).values()]
}
