import { createManageKeys } from '../api-keys/manage-keys.ts'
import { createApiKeyStore } from '../db/server/api-key-store.ts'
import { createAuditStore } from '../db/server/audit-store.ts'
import { createErasureStore } from '../db/users/erasure-store.ts'
import { readHeads } from '../db/log/heads-store.ts'
import { createServerUserStore } from '../db/users/server-user-store.ts'
import { createStatsStore } from '../db/server/stats-store.ts'
import { createUserExportStore } from '../db/users/user-export-store.ts'
import type { BoundRoute } from '../http/route.ts'
import { createReadStats } from '../server/read-stats.ts'
import { createSendMessages } from '../server/send-messages.ts'
import type { ExportTurn } from '../transfer/export-turns.ts'
import { createEraseUser } from '../users/erase-user.ts'
import { createExportUser } from '../users/export-user.ts'
import { createPutUsers } from '../users/put-users.ts'
import { createRevokeTokens } from '../users/revoke-tokens.ts'
import { createApiKeyRoutes } from './api-key-routes.ts'
import type { RoutePorts } from './create-routes.ts'
import { createServerRoutes } from './server-routes.ts'

/** What backends call with an API key. */
export function serverRoutes(ports: RoutePorts, exportTurn: ExportTurn): BoundRoute[] {
  const { logPool, run, apiKeys, living, standings, notifyUsers } = ports
  const users = createServerUserStore(logPool)
  const audit = createAuditStore(logPool)
  const putUsers = createPutUsers(users)
  const leaving = { living, standings, notifyUsers }
  return [
    ...createApiKeyRoutes(
      createManageKeys({ store: createApiKeyStore(logPool), forget: apiKeys.forget }),
    ),
    ...createServerRoutes({
      sendMessages: createSendMessages({
        run,
        findUsers: users.find,
        putUsers,
        existing: async (ids) => new Set((await readHeads(logPool, ids)).keys()),
        audit: audit.write,
      }),
      putUsers,
      revokeTokens: createRevokeTokens({ store: users, ...leaving }),
      exportUser: createExportUser(createUserExportStore(logPool)),
      exportTurn,
      eraseUser: createEraseUser({ store: createErasureStore(logPool), ...leaving }),
      readStats: createReadStats(createStatsStore(logPool), ports.livingGateways),
      listAudit: audit.list,
    }),
  ]
}
