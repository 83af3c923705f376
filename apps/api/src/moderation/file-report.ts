import {
  ParleyError,
  type Report,
  type ReportedMessage,
  type ReportReason,
} from '@parley/message-schema'
import { TokenBuckets } from '@parley/server-kit'
import { v7 as uuidv7 } from 'uuid'
import type { ReportStore, StoredReport } from '../db/rooms/report-store.ts'
import type { AllowReading } from '../history/reader-access.ts'

export interface FileReportPorts {
  /** Throws for whom the room is not. */
  readonly allowReading: AllowReading
  readonly readMessage: (roomId: string, seq: number) => Promise<ReportedMessage | null>
  readonly store: Pick<ReportStore, 'file'>
}

export type FileReport = (
  userId: string,
  draft: {
    readonly roomId: string
    readonly seq: number
    readonly reason: ReportReason
    readonly note?: string | undefined
  },
) => Promise<Report>

/** Of one person at one replica: enough for a bad day, too little to bury moderators. */
const RATE = { perSecond: 0.2, burst: 20 }
const REPORTERS = 50_000

export const toReport = (stored: StoredReport): Report => ({
  id: stored.id,
  roomId: stored.roomId,
  seq: stored.seq,
  reason: stored.reason,
  note: stored.note,
  createdAt: stored.createdAt.toISOString(),
  status: stored.isOpen ? 'open' : 'settled',
})

/** Once for each message and reporter: a repeat answers the first report, settled or not. */
export function createFileReport({
  allowReading,
  readMessage,
  store,
}: FileReportPorts): FileReport {
  const buckets = new TokenBuckets(RATE, REPORTERS)
  return async (userId, { roomId, seq, reason, note }) => {
    const waitMs = buckets.take(userId, Date.now())
    if (waitMs > 0) throw new ParleyError('RATE_LIMITED', { retryAfterMs: waitMs })
    const { visibleFrom } = await allowReading(userId, roomId)
    const message = seq < visibleFrom ? null : await readMessage(roomId, seq)
    if (message === null) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such message.' })
    }
    if (message.senderId === userId) {
      throw new ParleyError('FORBIDDEN', { message: 'This is your own message: delete it.' })
    }
    if (message.deletedAt !== null) {
      throw new ParleyError('GONE', { message: 'This message was deleted.' })
    }
    return toReport(
      await store.file({
        id: uuidv7(),
        roomId,
        seq,
        authorId: message.senderId,
        reporterId: userId,
        reason,
        note: note ?? null,
        createdAt: new Date(),
      }),
    )
  }
}
