import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadClient } from '../load/load-client.ts'
import type { Recorder } from '../load/recorder.ts'
import { must, type LoadStage, type StagedUser } from '../load/set-stage.ts'

export interface QuietOptions {
  readonly stage: LoadStage
  readonly clients: readonly LoadClient[]
  readonly recorder: Recorder
  readonly follow: (text: () => string) => void
  readonly timeoutMs: number
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

/** Heads that do not move, and every client of a member at the head. Ends after a time without it. */
export async function waitUntilQuiet(options: QuietOptions): Promise<QuietRoom[]> {
  const { clients, recorder, follow, timeoutMs } = options
  const untilMs = performance.now() + timeoutMs
  let rooms = await readRooms(options.stage)
  let stableSinceMs = performance.now()
  follow(() => `${behind(clients, rooms).length} readers on their way to the heads`)
  for (;;) {
    const isStable = performance.now() - stableSinceMs >= STABLE_MS
    const isDone = isStable && behind(clients, rooms).length === 0
    if (isDone || performance.now() >= untilMs) break
    await sleep(LOOK_EVERY_MS)
    const next = await readRooms(options.stage)
    if (next.some(({ head }, at) => head !== rooms[at]?.head)) stableSinceMs = performance.now()
    rooms = next
  }
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
