import { ROUTES, WHOLE_LIST, type Actor } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { MessageMarksStore } from '../db/messages/message-marks-store.ts'
import type { GetMessage } from '../history/get-message.ts'
import type { ListPins } from '../history/list-pins.ts'
import type { ListReplies } from '../history/list-replies.ts'
import type { ListUnread } from '../history/list-unread.ts'
import type { ReadReceipts } from '../history/read-receipts.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { RunCommand } from '../room-log/run-command.ts'

export interface ReactionOperations {
  readonly run: RunCommand
  readonly getMessage: GetMessage
  readonly reactors: MessageMarksStore['reactors']
  readonly listPins: ListPins
  readonly listReplies: ListReplies
  readonly receipts: ReadReceipts
  readonly listUnread: ListUnread
}

const actorOf = ({ userId }: Identity): Actor => ({ id: userId, kind: 'user' })

export const createReactionRoutes = (operations: ReactionOperations): BoundRoute[] => [
  ...[true, false].map((on) =>
    route(on ? ROUTES.putReaction : ROUTES.deleteReaction, ({ identity, params }) =>
      operations.run({
        kind: 'reaction:set',
        actor: actorOf(identity),
        roomId: params.id,
        seq: params.seq,
        key: params.key,
        on,
      }),
    ),
  ),
  ...[true, false].map((on) =>
    route(on ? ROUTES.putPin : ROUTES.deletePin, ({ identity, params }) =>
      operations.run({
        kind: 'pin:set',
        actor: actorOf(identity),
        roomId: params.id,
        seq: params.seq,
        on,
      }),
    ),
  ),
  route(ROUTES.listReactions, async ({ identity, params, query }) => {
    // Whoever may see the message may see who reacted to it.
    await operations.getMessage(identity.userId, params.id, params.seq)
    const { after, limit } = query
    const found = await operations.reactors(params.id, params.seq, params.key, after, limit + 1)
    const data = found.slice(0, limit)
    return {
      data,
      page: {
        before: null,
        after: data.at(-1)?.userId ?? after ?? null,
        hasMoreBefore: after !== undefined,
        hasMoreAfter: found.length > limit,
      },
    }
  }),
  route(ROUTES.listPins, async ({ identity, params }) => ({
    data: await operations.listPins(identity.userId, params.id),
    page: WHOLE_LIST,
  })),
  route(ROUTES.listReplies, ({ identity, params, query }) =>
    operations.listReplies(identity.userId, params.id, params.seq, query),
  ),
  route(ROUTES.listReceipts, async ({ identity, params }) => ({
    ...(await operations.receipts.ofRoom(identity.userId, params.id)),
    page: WHOLE_LIST,
  })),
  route(ROUTES.getReceipts, ({ identity, params }) =>
    operations.receipts.ofMessage(identity.userId, params.id, params.seq),
  ),
  route(ROUTES.getUnread, ({ identity }) => operations.listUnread(identity.userId)),
]
