import type { PrismaClient } from '@parley/database'
import type { Pool } from '../db/connect.ts'
import { createExportStore } from '../db/messages/export-store.ts'
import { createHostUserStore } from '../db/users/host-user-store.ts'
import { createImportStore } from '../db/messages/import-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { createUserStore } from '../db/users/user-store.ts'
import { createVersionStore } from '../db/log/version-store.ts'
import { toDisplayName } from '../auth/host-users.ts'
import { createListVersions } from '../history/message-versions.ts'
import { createAllowReading } from '../history/reader-access.ts'
import type { BoundRoute } from '../http/route.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { createExportRoom } from '../transfer/export-room.ts'
import type { ExportTurn } from '../transfer/export-turns.ts'
import { createImportRoom } from '../transfer/import-room.ts'
import { createTransferRoutes } from './transfer-routes.ts'

interface TransferPorts {
  readonly prisma: PrismaClient
  readonly logPool: Pool
  readonly run: RunCommand
  readonly exportTurn: ExportTurn
}

/** Rooms out and in, and what messages were before. */
export function wireTransferRoutes({
  prisma,
  logPool,
  run,
  exportTurn,
}: TransferPorts): BoundRoute[] {
  const members = createMemberStore(logPool)
  const versions = createVersionStore(logPool)
  const hostUsers = createHostUserStore(logPool)
  const users = createUserStore(prisma)
  return createTransferRoutes({
    members,
    listVersions: createListVersions({
      allowReading: createAllowReading(members),
      messages: createMessageStore(logPool),
      versions,
    }),
    exportTurn,
    exportRoom: createExportRoom({
      store: createExportStore(logPool),
      readVersions: versions.read,
    }),
    importRoom: createImportRoom({
      ...createImportStore(logPool),
      run,
      missingUsers: users.missing,
      erasedUsers: users.erased,
      createUsers: (made) =>
        hostUsers.put(
          made.map(({ id, displayName }) => ({
            id,
            displayName: toDisplayName(displayName) ?? id,
            avatarUrl: null,
          })),
        ),
    }),
  })
}
