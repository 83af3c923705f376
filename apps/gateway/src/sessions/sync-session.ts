import {
  hideClientMsgId,
  LIMITS,
  ParleyError,
  type ResetReason,
  type RoomSync,
  type Sync,
  type SyncResult,
} from '@parley/message-schema'
import { bytesOfAll } from '../room-feed/event-bytes.ts'
import { Backfill, type BackfillPorts } from './backfill.ts'
import { resumeSession } from './catch-up.ts'
import type { LocalUsers } from './local-users.ts'
import type { Session, Subscription } from './session.ts'

export interface SyncPorts extends BackfillPorts {
  readonly users: LocalUsers
  readonly epoch: () => number
  /** Their feeds are no further behind than the log was when this was called. Rejects if that is not known. */
  readonly bringUpToDate: (roomIds: readonly string[]) => Promise<void>
}

/**
 * Two steps, because the answer and the return to live delivery must be one turn of the event loop:
 * `answer` builds the first, the caller sends it, and `goLive` is called before anything else.
 */
export interface PreparedSync {
  readonly answer: () => SyncResult
  readonly goLive: () => void
}

type RoomPlan = ResetReason | { readonly from: number; readonly gap: number }

/** What is to be answered for each room, within what one answer may hold. */
class SyncPlan {
  readonly resets = new Map<string, ResetReason>()
  readonly backfills: Backfill[] = []
  /** Silent from now on, as what they were subscribed then. */
  readonly paused = new Map<string, Subscription>()
  more = false
  /** Something is to be answered that was said before: by now it may be deleted. */
  hasPast = false
  readonly #session: Session
  readonly #limit: number
  #left: number

  constructor(session: Session, limit: number) {
    this.#session = session
    this.#limit = limit
    this.#left = limit
  }

  add(roomId: string, plan: RoomPlan, ports: SyncPorts): void {
    if (typeof plan === 'object' && plan.gap <= this.#limit && plan.gap > this.#left) {
      this.more = true
      return
    }
    this.#pause(roomId, ports)
    if (typeof plan === 'string') this.resets.set(roomId, plan)
    else if (plan.gap > this.#limit) this.resets.set(roomId, 'too-far')
    else {
      this.#left -= plan.gap
      this.hasPast ||= plan.gap > 0
      this.backfills.push(new Backfill(roomId, plan.from, ports))
    }
  }

  #pause(roomId: string, { feeds }: SyncPorts): void {
    const subscription = this.#session.subscriptions.get(roomId)
    if (subscription === undefined) return
    const feed = feeds.get(roomId)
    feed?.flush()
    this.#session.pause(roomId, feed?.position ?? 0)
    subscription.syncs += 1
    this.paused.set(roomId, subscription)
  }
}

/** Between request and answer the rooms are silent for this socket: no event comes twice or early. */
export async function prepareSync(
  session: Session,
  { rooms, limit = LIMITS.syncEvents, epoch }: Sync,
  ports: SyncPorts,
): Promise<PreparedSync> {
  const asked = Object.entries(rooms ?? {})
  if (asked.length === 0) return allFromHeads(session, ports)
  await learnUnknownRooms(session, asked, ports)
  const otherEpoch = epoch !== undefined && epoch !== ports.epoch()
  const plan = new SyncPlan(session, limit)
  try {
    for (const [roomId, cursor] of asked) {
      const reset = otherEpoch ? 'epoch' : await reachCursor(session, roomId, cursor, ports)
      // In the turn in which it falls silent: what was handed over until then is not answered too.
      plan.add(roomId, reset ?? planRoom(session, roomId, cursor, ports), ports)
    }
    await Promise.all([
      plan.hasPast && ports.bringUpToDate(plan.backfills.map(({ roomId }) => roomId)),
      ...prepareAll(plan.backfills),
    ])
  } catch (cause) {
    for (const subscription of plan.paused.values()) subscription.syncs -= 1
    resumeSession(session, [...plan.paused.keys()], ports).catch(() => session.end('SERVER_BUSY'))
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause })
  }
  const { resets, backfills, paused } = plan
  /** Rooms whose events turned out to be too long for this answer. */
  const leftOut = new Set<string>()
  /** Who left and came back meanwhile is a member of another time, with another beginning. */
  const isSame = (roomId: string): boolean =>
    paused.get(roomId) === session.subscriptions.get(roomId)
  return {
    answer() {
      const space = { left: LIMITS.syncBytes }
      const answers: [string, RoomSync][] = [
        ...Array.from(resets, ([roomId, reason]): [string, RoomSync] => [
          roomId,
          // Who was not in it may be by now, and has been told so.
          reason === 'not-member'
            ? answerAnew(session, roomId, ports)
            : resetOf(session, roomId, reason, ports),
        ]),
        ...backfills.flatMap((backfill): [string, RoomSync][] => {
          const { roomId } = backfill
          if (!isSame(roomId)) return [[roomId, answerAnew(session, roomId, ports)]]
          const answer = answerOf(session, backfill, space, ports)
          if (answer === undefined) leftOut.add(roomId)
          return answer === undefined ? [] : [[roomId, answer]]
        }),
      ]
      const isMore = plan.more || leftOut.size > 0
      const answered = { rooms: Object.fromEntries(answers), epoch: ports.epoch() }
      return isMore ? { ...answered, more: true } : answered
    },
    goLive() {
      for (const [roomId, subscription] of paused) {
        subscription.syncs -= 1
        if (isSame(roomId) && !leftOut.has(roomId)) goOn(session, roomId, ports)
      }
      if (session.heldSinceMs === undefined) catchUpWith(session, leftOut, ports)
      endHold(session, plan.more || leftOut.size > 0, ports)
    },
  }
}

/** The first may fetch all that an answer holds, so that one is answered in any case; the others share as much. */
function prepareAll([first, ...others]: readonly Backfill[]): Promise<void>[] {
  const fetched = { bytes: 0 }
  return [first?.prepare(), ...others.map((backfill) => backfill.prepare(fetched))].filter(
    (preparing) => preparing !== undefined,
  )
}

/** Live before this `sync` and not answered by it: they are handed what was said during it, as after any pause. */
function catchUpWith(session: Session, leftOut: ReadonlySet<string>, ports: SyncPorts): void {
  if (leftOut.size === 0 || session.laggingSinceMs !== undefined) return
  resumeSession(session, [...leftOut], ports).catch(() => session.end('SERVER_BUSY'))
}

/** All up to the feed's position was answered. One that comes later begins where its reader was, not here. */
function goOn(session: Session, roomId: string, { feeds }: SyncPorts): void {
  const subscription = session.subscriptions.get(roomId)
  if (subscription === undefined || subscription.syncs > 0) return
  if (session.laggingSinceMs === undefined) session.resume(roomId)
  else subscription.pausedAt = feeds.get(roomId)?.position ?? subscription.pausedAt
}

/**
 * The first `sync` ends the hold of a fresh session: rooms that it did not name are live from where
 * they were, rooms that did not fit wait for the next one.
 */
function endHold(session: Session, more: boolean, ports: SyncPorts): void {
  if (session.heldSinceMs === undefined) return
  session.heldSinceMs = more ? Date.now() : undefined
  if (more) return
  const held = [...session.subscriptions.keys()]
  resumeSession(session, held, ports).catch(() => session.end('SERVER_BUSY'))
}

/** Of a room that one is not in, nothing is told, not even its head. */
function resetOf(
  session: Session,
  roomId: string,
  reason: ResetReason,
  { feeds }: SyncPorts,
): RoomSync {
  const feed = session.subscriptions.has(roomId) ? feeds.get(roomId) : undefined
  if (feed === undefined || reason === 'not-member')
    return { reset: true, head: 0, reason: 'not-member' }
  feed.flush()
  return { reset: true, head: feed.position, reason }
}

/** `undefined`: it fits into an answer, but not into this one any more. */
function answerOf(
  session: Session,
  backfill: Backfill,
  space: { left: number },
  ports: SyncPorts,
): RoomSync | undefined {
  const { roomId, from } = backfill
  const isMember = session.subscriptions.has(roomId)
  if (isMember && backfill.isCutShort) return undefined
  const past = isMember ? backfill.finish() : undefined
  if (isMember && past === undefined && backfill.isCovered) return undefined
  const bytes = past === undefined ? 0 : bytesOfAll(past.events)
  if (past === undefined || bytes > LIMITS.syncBytes)
    return resetOf(session, roomId, 'too-far', ports)
  if (bytes > space.left) return undefined
  space.left -= bytes
  const events = past.events.map((event) => hideClientMsgId(event, session.userId))
  return { from, to: past.to, head: past.head, events }
}

/** Out of the room meanwhile; or in it again, told so, and handed what follows by another way. */
function answerAnew(session: Session, roomId: string, ports: SyncPorts): RoomSync {
  const subscription = session.subscriptions.get(roomId)
  const feed = ports.feeds.get(roomId)
  if (subscription === undefined || feed === undefined)
    return resetOf(session, roomId, 'not-member', ports)
  feed.flush()
  const at = subscription.pausedAt ?? feed.position
  return { from: at, to: at, head: feed.head, events: [] }
}

function allFromHeads(session: Session, ports: SyncPorts): PreparedSync {
  const { feeds, epoch } = ports
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
    goLive: () => {
      session.heldSinceMs = undefined
      for (const roomId of session.subscriptions.keys()) goOn(session, roomId, ports)
    },
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

/** Another gateway was faster, or the reader is of another time line. */
async function reachCursor(
  session: Session,
  roomId: string,
  cursor: number,
  { feeds, fetchAfter }: SyncPorts,
): Promise<'ahead' | undefined> {
  const feed = session.subscriptions.has(roomId) ? feeds.get(roomId) : undefined
  if (feed === undefined || cursor <= feed.position) return undefined
  const { head } = await fetchAfter(roomId, feed.position)
  if (cursor > head) return 'ahead'
  await feed.reach(cursor)
  return undefined
}

function planRoom(
  session: Session,
  roomId: string,
  cursor: number,
  { feeds }: SyncPorts,
): RoomPlan {
  const subscription = session.subscriptions.get(roomId)
  const feed = feeds.get(roomId)
  if (subscription === undefined || feed === undefined) return 'not-member'
  // They asked before they had read `room:added`: what followed that was handed over, and nothing of it twice.
  const isOlder = cursor < (subscription.addedAt ?? 0)
  const handedTo = subscription.pausedAt ?? feed.position
  const from = Math.max(cursor, subscription.visibleFrom - 1, isOlder ? handedTo : 0)
  return { from, gap: Math.max(0, feed.position - from) }
}
