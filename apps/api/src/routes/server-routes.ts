import {
  ParleyError,
  ROUTES,
  toErrorBody,
  type AuditRecord,
  type ServerSend,
} from '@parley/message-schema'
import type { Request } from 'express'
import type { AuditPosition, AuditStore } from '../db/server/audit-store.ts'
import { clientMsgIdAt } from '../http/idempotency-key.ts'
import { route, type BoundRoute } from '../http/route.ts'
import { sendLines } from '../http/send-lines.ts'
import type { ReadStats } from '../server/read-stats.ts'
import type { IdentifiedSend, SendMessages } from '../server/send-messages.ts'
import type { ExportTurn } from '../transfer/export-turns.ts'
import type { EraseUser } from '../users/erase-user.ts'
import type { ExportUser } from '../users/export-user.ts'
import type { PutUsers } from '../users/put-users.ts'
import type { RevokeTokens } from '../users/revoke-tokens.ts'

export interface ServerOperations {
  readonly sendMessages: SendMessages
  readonly putUsers: PutUsers
  readonly revokeTokens: RevokeTokens
  readonly exportUser: ExportUser
  readonly exportTurn: ExportTurn
  readonly eraseUser: EraseUser
  readonly readStats: ReadStats
  readonly listAudit: AuditStore['list']
}

const identify = (request: Request, send: ServerSend, index: number): IdentifiedSend => ({
  ...send,
  clientMsgId: clientMsgIdAt(request, send.clientMsgId, index),
})

/** Each of several answers by itself: what one of them was refused is no matter of its neighbours. */
function toResult<Data extends object>(answer: Data | ParleyError) {
  if (!(answer instanceof ParleyError)) return { ok: true as const, data: answer }
  const { requestId: _, ...error } = toErrorBody(answer, '')
  return { ok: false as const, error }
}

function orThrow<Data extends object>(answer: Data | ParleyError | undefined): Data {
  if (answer === undefined) throw new ParleyError('INTERNAL')
  if (answer instanceof ParleyError) throw answer
  return answer
}

export const createServerRoutes = (operations: ServerOperations): BoundRoute[] => [
  route(ROUTES.serverSend, async ({ identity, body, request }) => {
    const [answer] = await operations.sendMessages(identity.keyId, [identify(request, body, 0)])
    return orThrow(answer)
  }),
  route(ROUTES.serverSendBatch, async ({ identity, body, request }) => {
    const messages = body.messages.map((one, index) => identify(request, one, index))
    const answers = await operations.sendMessages(identity.keyId, messages)
    return { results: answers.map(toResult) }
  }),
  route(ROUTES.putUser, async ({ identity, params, body }) => {
    const [answer] = await operations.putUsers(identity.keyId, [{ id: params.id, ...body }])
    return orThrow(answer)
  }),
  route(ROUTES.putUsers, async ({ identity, body }) => ({
    results: (await operations.putUsers(identity.keyId, body.users)).map(toResult),
  })),
  route(ROUTES.revokeTokens, ({ identity, params }) =>
    operations.revokeTokens(identity.keyId, params.id),
  ),
  route(ROUTES.exportUser, ({ identity, params, response }) =>
    operations.exportTurn({ keyId: identity.keyId }, async () => {
      await sendLines(response, 'application/x-ndjson', operations.exportUser(params.id))
      return undefined
    }),
  ),
  route(ROUTES.deleteUser, async ({ identity, params }) => ({
    erasure: await operations.eraseUser.begin(identity.keyId, params.id),
  })),
  route(ROUTES.getErasure, async ({ params }) => ({
    erasure: await operations.eraseUser.find(params.id),
  })),
  route(ROUTES.getStats, async () => ({ stats: await operations.readStats() })),
  route(ROUTES.listAudit, async ({ query }) =>
    toAuditPage(query, await operations.listAudit(query)),
  ),
]

function toAuditPage({ before, after, limit }: AuditPosition, found: readonly AuditRecord[]) {
  const hasMore = found.length > limit
  // Read forwards the surplus is at the end, read backwards at the beginning.
  const data = after === undefined ? found.slice(-limit) : found.slice(0, limit)
  return {
    data,
    page: {
      before: data[0]?.id ?? null,
      after: data.at(-1)?.id ?? after ?? null,
      hasMoreBefore: after === undefined ? hasMore : true,
      hasMoreAfter: after === undefined ? before !== undefined : hasMore,
    },
  }
}
