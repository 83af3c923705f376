import { invalid, ROUTES } from '@parley/message-schema'
import type { Response } from 'express'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { ListVersions } from '../history/message-versions.ts'
import { abortSignalOf } from '../http/abort-signal.ts'
import { jsonLine } from '../http/json-line.ts'
import { route, type BoundRoute } from '../http/route.ts'
import { sendPieces } from '../http/send-lines.ts'
import { requirePermission } from '../rooms/require-standing.ts'
import type { AllowExport, ExportRoom } from '../transfer/export-room.ts'
import type { ExportTurn } from '../transfer/export-turns.ts'
import type { ImportRoom } from '../transfer/import-room.ts'

export interface TransferOperations {
  readonly exportRoom: ExportRoom
  readonly exportTurn: ExportTurn
  readonly importRoom: ImportRoom
  readonly listVersions: ListVersions
  readonly members: Pick<MemberStore, 'standing'>
}

const NDJSON = 'application/x-ndjson; charset=utf-8'

/** Cut off it has no last line: that is how a reader knows. */
async function answerLines(
  response: Response,
  lines: AsyncIterable<string>,
  fileName?: string,
): Promise<undefined> {
  response.status(200).setHeader('Content-Type', NDJSON)
  response.setHeader('Cache-Control', 'no-store')
  if (fileName !== undefined) {
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`)
  }
  response.flushHeaders()
  await sendPieces(response, NDJSON, lines)
  return undefined
}

async function* toLines(values: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const value of values) yield jsonLine(value)
}

const fileNameOf = (roomId: string): string => `room-${roomId}.ndjson`

export const createTransferRoutes = (operations: TransferOperations): BoundRoute[] => [
  route(ROUTES.listMessageVersions, ({ identity, params, query }) =>
    operations.listVersions(identity.userId, params.id, params.seq, query),
  ),
  route(ROUTES.exportRoom, ({ identity, params, query, response }) => {
    const allow = async () => {
      const { members } = operations
      const { member } = await requirePermission(members, params.id, identity.userId, 'room:export')
      return { visibleFrom: member.visibleFrom }
    }
    return operations.exportTurn({ userId: identity.userId }, () =>
      answerExport(operations, params.id, query, allow, response),
    )
  }),
  route(ROUTES.exportRoomAsServer, ({ identity, params, query, response }) =>
    operations.exportTurn({ keyId: identity.keyId }, () =>
      answerExport(operations, params.id, query, async () => ({ visibleFrom: 1 }), response),
    ),
  ),
  route(ROUTES.importRoom, async ({ params, query, request, response }) => {
    if (request.is('application/x-ndjson') === false) {
      throw invalid('Content-Type', 'must be application/x-ndjson')
    }
    const terms = { roomId: params.id, ...query }
    const signal = abortSignalOf(response)
    const told = await operations.importRoom(terms, request, signal)
    return answerLines(response, toLines(told))
  }),
]

async function answerExport(
  { exportRoom }: TransferOperations,
  roomId: string,
  options: { readonly versions: boolean },
  allow: AllowExport,
  response: Response,
): Promise<undefined> {
  const lines = await exportRoom(roomId, options, allow, abortSignalOf(response))
  return answerLines(response, lines, fileNameOf(roomId))
}
