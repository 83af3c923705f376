import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalid, ROUTES } from '@parley/message-schema'
import type { Response } from 'express'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { ListVersions } from '../history/message-versions.ts'
import { abortSignalOf } from '../http/abort-signal.ts'
import { route, type BoundRoute } from '../http/route.ts'
import { requirePermission } from '../rooms/require-standing.ts'
import type { ExportRoom } from '../transfer/export-room.ts'
import type { ImportRoom } from '../transfer/import-room.ts'

export interface TransferOperations {
  readonly exportRoom: ExportRoom
  readonly importRoom: ImportRoom
  readonly listVersions: ListVersions
  readonly members: Pick<MemberStore, 'standing'>
}

const NDJSON = 'application/x-ndjson; charset=utf-8'

/** What is written is taken from the source as fast as the client reads, and no faster. */
async function answerLines(
  response: Response,
  lines: AsyncGenerator<string>,
  fileName?: string,
): Promise<undefined> {
  response.status(200).setHeader('Content-Type', NDJSON)
  response.setHeader('Cache-Control', 'no-store')
  if (fileName !== undefined) {
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`)
  }
  response.flushHeaders()
  try {
    await pipeline(Readable.from(lines, { highWaterMark: 1 }), response)
  } catch {
    // It is cut off, and so has no last line: that is how a reader knows. Nothing is left to answer.
    response.destroy()
  }
  return undefined
}

async function* toLines(values: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`
}

const fileNameOf = (roomId: string): string => `room-${roomId}.ndjson`

export const createTransferRoutes = (operations: TransferOperations): BoundRoute[] => [
  route(ROUTES.listMessageVersions, ({ identity, params, query }) =>
    operations.listVersions(identity.userId, params.id, params.seq, query),
  ),
  route(ROUTES.exportRoom, async ({ identity, params, query, response }) => {
    const allow = async () => {
      const { members } = operations
      const { member } = await requirePermission(members, params.id, identity.userId, 'room:export')
      return { visibleFrom: member.visibleFrom }
    }
    const signal = abortSignalOf(response)
    const lines = await operations.exportRoom(params.id, query, allow, signal)
    return answerLines(response, lines, fileNameOf(params.id))
  }),
  route(ROUTES.exportRoomAsServer, async ({ params, query, response }) => {
    const allow = async () => ({ visibleFrom: 1 })
    const signal = abortSignalOf(response)
    const lines = await operations.exportRoom(params.id, query, allow, signal)
    return answerLines(response, lines, fileNameOf(params.id))
  }),
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
