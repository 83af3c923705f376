import { ROUTES, SYSTEM_ID } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { SendEphemeral } from '../rooms/send-ephemeral.ts'

export const createEphemeralRoutes = (send: SendEphemeral): BoundRoute[] => [
  route(ROUTES.postEphemeral, async ({ identity, params, body }) => {
    await send.asMember(identity.userId, params.id, body)
    return {}
  }),
  route(ROUTES.postServerEphemeral, async ({ body: { roomId, as, ...draft } }) => {
    const id = as.kind === 'system' ? SYSTEM_ID : as.id
    await send.asServer({ id, kind: as.kind }, roomId, draft)
    return {}
  }),
]
