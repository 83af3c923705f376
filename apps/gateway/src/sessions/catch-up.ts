import { hideClientMsgId, LIMITS, type UserRoom } from '@parley/message-schema'
import { Backfill, type BackfillPorts } from './backfill.ts'
import type { LocalUsers } from './local-users.ts'
import type { Session } from './session.ts'

/**
 * Brings a session that was paused in some rooms up to date, by `room:events`, and makes it live
 * again; not where a `sync` is about to. Ends it where that cannot be done: reconnecting, it syncs.
 */
export async function resumeSession(
  session: Session,
  roomIds: readonly string[],
  ports: BackfillPorts,
): Promise<void> {
  const backfills = roomIds.flatMap((roomId) => {
    const subscription = session.subscriptions.get(roomId)
    if (subscription?.pausedAt === undefined || subscription.syncs > 0) return []
    const backfill = new Backfill(roomId, subscription.pausedAt, ports)
    return [{ backfill, subscription, pause: subscription.pauses }]
  })
  const fetched = { bytes: 0 }
  await Promise.all(backfills.map(({ backfill }) => backfill.prepare(fetched)))
  for (const { backfill, subscription, pause } of backfills) {
    if (session.hasEnded) return
    // Removed from the room meanwhile, or live again by another way: this past is not for them.
    const isSame = session.subscriptions.get(backfill.roomId) === subscription
    if (!isSame || subscription.pausedAt === undefined || subscription.pauses !== pause) continue
    const past = backfill.finish()
    if (past === undefined) {
      session.end('SERVER_BUSY')
      return
    }
    const { roomId } = backfill
    const { head } = past
    const events = past.events.map((event) => hideClientMsgId(event, session.userId))
    if (events.length > 0) session.socket.emit('room:events', { roomId, head, events })
    session.resume(roomId)
  }
}

/** A living session comes into a room: it is told, and handed everything since the joining. */
export async function startInRoom(
  session: Session,
  room: UserRoom,
  users: LocalUsers,
  ports: BackfillPorts,
): Promise<void> {
  const position = ports.feeds.get(room.roomId)?.position ?? room.head
  const beforeJoining = Math.max(room.joinedSeq, room.visibleFrom) - 1
  const isFar = position - beforeJoining > LIMITS.syncEvents
  const from = isFar ? position : beforeJoining
  users.subscribe(session, room, from, from)
  session.socket.emit('room:added', { roomId: room.roomId, head: from })
  await resumeSession(session, [room.roomId], ports).catch(() => session.end('SERVER_BUSY'))
}
