import { ROUTES, type Actor } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { GetMessage } from '../history/get-message.ts'
import type { ListMessages } from '../history/list-messages.ts'
import { clientMsgIdOf } from '../http/idempotency-key.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { TellRoomOfRead } from '../news/tell-room-of-read.ts'
import type { TellUserOfRead } from '../news/tell-user.ts'
import type { RunCommand } from '../room-log/run-command.ts'

export interface MessageOperations {
  readonly listMessages: ListMessages
  readonly getMessage: GetMessage
  readonly run: RunCommand
  readonly tellUserOfRead: TellUserOfRead
  readonly tellRoomOfRead: TellRoomOfRead
}

const actorOf = ({ userId }: Identity): Actor => ({ id: userId, kind: 'user' })

/** What writes goes the way of the socket's commands: one authority, one order, the same answers. */
export const createMessageRoutes = (operations: MessageOperations): BoundRoute[] => [
  route(ROUTES.listMessages, ({ identity, params, query }) =>
    operations.listMessages(identity.userId, params.id, query),
  ),
  route(ROUTES.postMessage, ({ identity, params, body, request }) =>
    operations.run({
      ...body,
      kind: 'message:send',
      actor: actorOf(identity),
      roomId: params.id,
      clientMsgId: clientMsgIdOf(request, body.clientMsgId),
    }),
  ),
  route(ROUTES.getMessage, async ({ identity, params }) => ({
    message: await operations.getMessage(identity.userId, params.id, params.seq),
  })),
  route(ROUTES.patchMessage, ({ identity, params, body, request }) =>
    operations.run({
      ...body,
      kind: 'message:edit',
      actor: actorOf(identity),
      roomId: params.id,
      seq: params.seq,
      clientMsgId: clientMsgIdOf(request, body.clientMsgId),
    }),
  ),
  route(ROUTES.deleteMessage, ({ identity, params, request }) =>
    operations.run({
      kind: 'message:delete',
      actor: actorOf(identity),
      roomId: params.id,
      seq: params.seq,
      clientMsgId: clientMsgIdOf(request, undefined),
    }),
  ),
  route(ROUTES.putRead, async ({ identity, params, body }) => {
    const roomId = params.id
    const state = await operations.run({
      ...body,
      kind: 'read:set',
      actor: actorOf(identity),
      roomId,
    })
    const { userId } = identity
    operations.tellUserOfRead({ roomId, userId, ...state })
    if (body.mode !== 'set') {
      operations.tellRoomOfRead({ roomId, userId, readSeq: state.readSeq })
    }
    return state
  }),
]
