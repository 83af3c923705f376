import type { QueuedReport, ReportedMessage, ReportStatus } from '@parley/message-schema'
import type { ReviewedRoom } from '../db/rooms/reported-messages.ts'
import type { ReportStore, StoredReport } from '../db/rooms/report-store.ts'
import { toReport } from './file-report.ts'
import { pageOf } from './page-of.ts'

export interface QueueQuery {
  readonly roomId?: string | undefined
  readonly status: ReportStatus
  readonly after?: string | undefined
  readonly limit: number
}

export interface ReviewQueuePorts {
  readonly store: Pick<ReportStore, 'list'>
  /** By `roomId/seq`. */
  readonly readMessages: (
    places: readonly { readonly roomId: string; readonly seq: number }[],
  ) => Promise<ReadonlyMap<string, ReportedMessage>>
  /** The room, for a user who may review its reports. Throws for others. */
  readonly requireReviewer: (userId: string, roomId: string) => Promise<ReviewedRoom>
  readonly reviewedRooms: (userId: string, isOpen: boolean) => Promise<ReviewedRoom[]>
}

export type QueuePage = ReturnType<typeof pageOf<QueuedReport>>

export interface ReviewQueue {
  readonly ofUser: (userId: string, query: QueueQuery) => Promise<QueuePage>
  /** All rooms, for the host application. */
  readonly ofAll: (query: QueueQuery) => Promise<QueuePage>
  readonly view: (report: StoredReport, visibleFrom: number) => Promise<QueuedReport>
}

const toQueued = (stored: StoredReport, message: ReportedMessage | null): QueuedReport => ({
  ...toReport(stored),
  reporterId: stored.reporterId,
  outcome: stored.outcome,
  settledBy: stored.settledBy,
  settledAt: stored.settledAt?.toISOString() ?? null,
  message,
})

/** What a moderator could not read in the room (C8), they do not read here: they see the report alone. */
export function createReviewQueue(ports: ReviewQueuePorts): ReviewQueue {
  const { store, readMessages } = ports

  async function show(
    reports: readonly StoredReport[],
    visibleFrom: (roomId: string) => number,
  ): Promise<QueuedReport[]> {
    const visible = reports.filter(({ roomId, seq }) => seq >= visibleFrom(roomId))
    const messages = await readMessages(visible)
    return reports.map((report) => {
      const isVisible = report.seq >= visibleFrom(report.roomId)
      const message = isVisible ? messages.get(`${report.roomId}/${report.seq}`) : undefined
      return toQueued(report, message ?? null)
    })
  }

  return {
    async ofUser(userId, { roomId, status, after, limit }) {
      const isOpen = status === 'open'
      const rooms =
        roomId === undefined
          ? await ports.reviewedRooms(userId, isOpen)
          : [await ports.requireReviewer(userId, roomId)]
      const froms = new Map(rooms.map((room) => [room.roomId, room.visibleFrom]))
      const roomIds = [...froms.keys()]
      // Nobody judges themselves.
      const notOf = userId
      const found = await store.list({ roomIds, notOf, isOpen, after, limit: limit + 1 })
      const shown = await show(found, (id) => froms.get(id) ?? Number.POSITIVE_INFINITY)
      return pageOf(shown, limit, after, ({ id }) => id)
    },

    async ofAll({ roomId, status, after, limit }) {
      const found = await store.list({
        roomIds: roomId === undefined ? undefined : [roomId],
        notOf: undefined,
        isOpen: status === 'open',
        after,
        limit: limit + 1,
      })
      return pageOf(await show(found, () => 1), limit, after, ({ id }) => id)
    },

    async view(report, visibleFrom) {
      const [shown] = await show([report], () => visibleFrom)
      return shown ?? toQueued(report, null)
    },
  }
}
