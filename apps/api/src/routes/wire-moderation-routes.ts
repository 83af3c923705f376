import type { PrismaClient } from '@parley/database'
import { createAuditStore } from '../db/server/audit-store.ts'
import type { Pool } from '../db/connect.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createReportStore } from '../db/rooms/report-store.ts'
import {
  messageKey,
  readReportedMessages,
  readReviewedRooms,
  type ReviewedRoom,
} from '../db/rooms/reported-messages.ts'
import { createListRestricted } from '../db/rooms/restricted-store.ts'
import { createUserStore } from '../db/users/user-store.ts'
import { createAllowReading } from '../history/reader-access.ts'
import type { BoundRoute } from '../http/route.ts'
import { createActOnMember } from '../moderation/act-on-member.ts'
import { createFileReport } from '../moderation/file-report.ts'
import { createManageTypes } from '../moderation/manage-types.ts'
import { createManageWords } from '../moderation/manage-words.ts'
import { createReviewQueue } from '../moderation/review-queue.ts'
import { createSettleReport } from '../moderation/settle-report.ts'
import type { Preparation } from '../preparation/create-preparation.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { requirePermission } from '../rooms/require-standing.ts'
import { createListRoutes } from './list-routes.ts'
import { createModerationRoutes } from './moderation-routes.ts'

export interface ModerationWiring {
  readonly prisma: PrismaClient
  readonly logPool: Pool
  readonly run: RunCommand
  readonly preparation: Preparation
}

/** What moderators do, what is reported to them, and the lists that messages are checked by. */
export function wireModerationRoutes({
  prisma,
  logPool,
  run,
  preparation,
}: ModerationWiring): BoundRoute[] {
  const members = createMemberStore(logPool)
  const store = createReportStore(logPool)
  const { words, types, compilePayloadSchema, refreshLists } = preparation
  const requireReviewer = async (userId: string, roomId: string): Promise<ReviewedRoom> => {
    const { member } = await requirePermission(members, roomId, userId, 'moderation:review')
    return { roomId, visibleFrom: member.visibleFrom }
  }
  const queue = createReviewQueue({
    store,
    requireReviewer,
    readMessages: (places) => readReportedMessages(logPool, places),
    reviewedRooms: (userId, isOpen) => readReviewedRooms(logPool, userId, isOpen),
  })
  return [
    ...createModerationRoutes({
      act: createActOnMember({ run, missingUsers: createUserStore(prisma).missing }),
      listRestricted: createListRestricted(logPool),
      requireMay: (userId, roomId, permission) =>
        requirePermission(members, roomId, userId, permission),
      audit: createAuditStore(logPool).list,
      fileReport: createFileReport({
        allowReading: createAllowReading(members),
        readMessage: async (roomId, seq) =>
          (await readReportedMessages(logPool, [{ roomId, seq }])).get(messageKey(roomId, seq)) ??
          null,
        store,
      }),
      queue,
      settle: createSettleReport({ store, run, requireReviewer, view: queue.view }),
    }),
    ...createListRoutes(
      createManageWords({ store: words, refreshLists }),
      createManageTypes({ store: types, compile: compilePayloadSchema, refreshLists }),
    ),
  ]
}
