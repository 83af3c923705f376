import type { LoadClient } from '../load/load-client.ts'
import type { Recorder } from '../load/recorder.ts'
import { must, type LoadStage, type StagedUser } from '../load/set-stage.ts'
import { untilStill, type Look } from './until-still.ts'

export interface QuietOptions {
  readonly stage: LoadStage
  readonly clients: readonly LoadClient[]
  readonly recorder: Recorder
  readonly follow: (text: () => string) => void
  /** Readers that do not come nearer for so long never will. */
  readonly quietMs: number
}

/** Rooms as they are at the end. */
export interface QuietRoom {
  readonly roomId: string
  readonly owner: StagedUser
  readonly head: number
  readonly memberIds: ReadonlySet<string>
}

const LOOK_EVERY_MS = 500
const STABLE_MS = 2_000

/** Heads that do not move, and every client of a member at the head; or nobody moves any more. */
export async function waitUntilQuiet(options: QuietOptions): Promise<QuietRoom[]> {
  const { clients, recorder, follow, quietMs } = options
  let rooms = await readRooms(options.stage)
  let stableSinceMs = performance.now()
  follow(() => `${behind(clients, rooms).length} readers on their way to the heads`)
  const look = async (): Promise<Look> => {
    const next = await readRooms(options.stage)
    if (next.some(({ head }, at) => head !== rooms[at]?.head)) stableSinceMs = performance.now()
    rooms = next
    const isStable = performance.now() - stableSinceMs >= STABLE_MS
    const isDone = isStable && behind(clients, rooms).length === 0
    return { isDone, picture: picture(clients, rooms) }
  }
  await untilStill(look, { quietMs, everyMs: LOOK_EVERY_MS })
  for (const { roomId, head } of rooms) {
    const atMs = recorder.now()
    recorder.write({
      kind: 'observation',
      what: 'head',
      subject: roomId,
      roomId,
      value: head,
      atMs,
    })
  }
  return rooms
}

/** Where everybody is now they are for good: behind the mark, a place short of the head is a finding. */
export function markQuiet(
  { stage, clients, recorder }: Pick<QuietOptions, 'stage' | 'clients' | 'recorder'>,
  rooms: readonly QuietRoom[],
): void {
  recorder.write({ kind: 'mark', what: 'quiet', atMs: recorder.now() })
  const roomIds = stage.rooms.map(({ id }) => id)
  for (const { reading } of clients) reading.end(roomIds)
  observeLost(clients, rooms, recorder)
}

/**
 * Members that do not know of the room: they say of no place that they are at. A bare socket is told when it
 * happens, and not when it connects later, so the checks find out of those who should have been.
 */
function observeLost(
  clients: readonly LoadClient[],
  rooms: readonly QuietRoom[],
  recorder: Recorder,
): void {
  for (const { roomId, head, memberIds } of rooms) {
    for (const { device, reading } of clients) {
      const isTold = device.via === 'websocket' || device.via === 'polling'
      if (isTold || !memberIds.has(device.userId) || reading.position(roomId) !== null) continue
      const about = { subject: device.name, roomId, value: 0, expected: head }
      recorder.write({ kind: 'observation', what: 'head', ...about, atMs: recorder.now() })
    }
  }
}

/** Where everybody is. */
const picture = (clients: readonly LoadClient[], rooms: readonly QuietRoom[]): string =>
  rooms
    .map(({ roomId, head }) => [head, ...clients.map(({ reading }) => reading.position(roomId))])
    .join(';')

/** Who has not got what there is, as `reader room`. */
export function behind(clients: readonly LoadClient[], rooms: readonly QuietRoom[]): string[] {
  return rooms.flatMap(({ roomId, head, memberIds }) =>
    clients
      .filter(({ device, reading }) => {
        const isIn = memberIds.has(device.userId)
        const position = reading.position(roomId)
        return isIn ? (position ?? 0) < head : position !== null
      })
      .map(({ device }) => `${device.name} ${roomId}`),
  )
}

async function readRooms({ rooms, users }: LoadStage): Promise<QuietRoom[]> {
  return Promise.all(
    rooms.map(async ({ id, ownerId }) => {
      const owner = users.find(({ userId }) => userId === ownerId)
      if (owner === undefined) throw new Error(`Nobody owns ${id}.`)
      const { room } = await must(owner.rest, { method: 'GET', path: `/v1/rooms/${id}` })
      const { head } = room as { head: number }
      return { roomId: id, owner, head, memberIds: await readMembers(owner, id) }
    }),
  )
}

async function readMembers(owner: StagedUser, roomId: string): Promise<Set<string>> {
  const memberIds = new Set<string>()
  for (let after = ''; ;) {
    const path = `/v1/rooms/${roomId}/members?limit=200${after}`
    const answer = await must(owner.rest, { method: 'GET', path })
    const { data, page } = answer as unknown as {
      data: { userId: string }[]
      page: { after: string | null; hasMoreAfter: boolean }
    }
    for (const { userId } of data) memberIds.add(userId)
    if (!page.hasMoreAfter) return memberIds
    after = `&after=${encodeURIComponent(String(page.after))}`
  }
}
