import {
  hideClientMsgId,
  LIMITS,
  ParleyError,
  type ResetReason,
  type RoomSync,
  type Sync,
  type SyncResult,
} from '@parley/message-schema'
import { Backfill, type BackfillPorts } from './backfill.ts'
import { resumeSession } from './catch-up.ts'
import type { LocalUsers } from './local-users.ts'
import type { Session } from './session.ts'

export interface SyncPorts extends BackfillPorts {
  readonly users: LocalUsers
  readonly epoch: () => number
}

/**
 * Two steps, because the answer and the return to live delivery must be one turn of the event loop:
 * `answer` builds the first, the caller sends it, and `goLive` is called before anything else.
 */
export interface PreparedSync {
  readonly answer: () => SyncResult
  readonly goLive: () => void
}

const reset = (head: number, reason: ResetReason): RoomSync => ({ reset: true, head, reason })

/** Between request and answer the rooms are silent for this socket: no event comes twice or early. */
export async function prepareSync(
  session: Session,
  { rooms, limit = LIMITS.syncEvents, epoch }: Sync,
  ports: SyncPorts,
): Promise<PreparedSync> {
  if (rooms === undefined) return allFromHeads(session, ports)
  const asked = Object.entries(rooms)
  await learnUnknownRooms(session, asked, ports)
  const otherEpoch = epoch !== undefined && epoch !== ports.epoch()
  const answers = new Map<string, RoomSync>()
  const backfills: Backfill[] = []
  let left = limit
  let more = false
  for (const [roomId, cursor] of asked) {
    const plan = await planRoom(session, roomId, cursor, otherEpoch, ports)
    if (!('gap' in plan)) answers.set(roomId, plan)
    else if (plan.gap > limit) answers.set(roomId, reset(plan.position, 'too-far'))
    else if (plan.gap > left) more = true
    else {
      left -= plan.gap
      pauseRoom(session, roomId, ports)
      backfills.push(new Backfill(roomId, plan.from, ports))
    }
  }
  const paused = backfills.map(({ roomId }) => roomId)
  try {
    await Promise.all(backfills.map((backfill) => backfill.prepare()))
  } catch (cause) {
    resumeSession(session, paused, ports).catch(() => session.end('SERVER_BUSY'))
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause })
  }
  return {
    answer() {
      for (const backfill of backfills)
        answers.set(backfill.roomId, answerOf(session, backfill, ports))
      return {
        rooms: Object.fromEntries(answers),
        ...(more && { more }),
        epoch: ports.epoch(),
      }
    },
    goLive() {
      for (const roomId of paused) session.resume(roomId)
    },
  }
}

function pauseRoom(session: Session, roomId: string, { feeds }: SyncPorts): void {
  const feed = feeds.get(roomId)
  feed?.flush()
  session.pause(roomId, feed?.position ?? 0)
}

function answerOf(session: Session, backfill: Backfill, { feeds }: SyncPorts): RoomSync {
  if (!session.subscriptions.has(backfill.roomId)) return reset(0, 'not-member')
  const past = backfill.finish()
  if (past === undefined) return reset(feeds.get(backfill.roomId)?.position ?? 0, 'too-far')
  return {
    from: backfill.from,
    to: past.to,
    head: past.head,
    events: past.events.map((event) => hideClientMsgId(event, session.userId)),
  }
}

function allFromHeads(session: Session, { feeds, epoch }: SyncPorts): PreparedSync {
  return {
    answer: () => ({
      rooms: Object.fromEntries(
        Array.from(session.subscriptions.keys(), (roomId) => {
          const feed = feeds.get(roomId)
          feed?.flush()
          const at = feed?.position ?? 0
          return [roomId, { from: at, to: at, head: feed?.head ?? at, events: [] }]
        }),
      ),
      epoch: epoch(),
    }),
    goLive: () => undefined,
  }
}

/** A room joined a moment ago may not have been heard of yet. */
async function learnUnknownRooms(
  session: Session,
  asked: readonly [string, number][],
  { users }: SyncPorts,
): Promise<void> {
  const user = users.get(session.userId)
  const isUnknown = asked.some(([roomId]) => !session.subscriptions.has(roomId))
  if (user === undefined || !isUnknown) return
  await users.refresh(user).catch((cause: unknown) => {
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause })
  })
}

async function planRoom(
  session: Session,
  roomId: string,
  cursor: number,
  otherEpoch: boolean,
  { feeds, fetchAfter }: SyncPorts,
): Promise<RoomSync | { readonly from: number; readonly gap: number; readonly position: number }> {
  const subscription = session.subscriptions.get(roomId)
  const feed = feeds.get(roomId)
  if (subscription === undefined || feed === undefined) return reset(0, 'not-member')
  if (otherEpoch) return reset(feed.position, 'epoch')
  if (cursor > feed.position) {
    // Another gateway was faster, or the reader is of another time line.
    const { head } = await fetchAfter(roomId, feed.position)
    if (cursor > head) return reset(feed.position, 'ahead')
    await feed.reach(cursor)
  }
  const from = Math.max(cursor, subscription.visibleFrom - 1)
  return { from, gap: Math.max(0, feed.position - from), position: feed.position }
}
