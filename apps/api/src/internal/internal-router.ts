import { createHash, timingSafeEqual } from 'node:crypto'
import {
  CommandBatch,
  EventRangesRequest,
  GatewayCommand,
  INTERNAL_PATHS,
  invalidFrom,
  ParleyError,
  ReconcileRequest,
  UserStatesRequest,
} from '@parley/message-schema'
import type { CommandBatchResult, RoomNews, UserAsk, UserStates } from '@parley/message-schema'
import type { FailPoints } from '@parley/server-kit'
import express, { Router, type RequestHandler } from 'express'
import { z } from 'zod'
import { readEventRanges } from '../db/log/event-ranges-store.ts'
import type { Pool } from '../db/connect.ts'
import { reconcile } from '../db/log/heads-store.ts'
import { readUserStates } from '../db/users/user-state-store.ts'
import type { RoomLog, Settled } from '../room-log/room-log.ts'
import { answer } from './answer.ts'
import { toCommandResult } from './command-result.ts'
import { addPresenceRoutes, type PresenceAnswers } from './presence-routes.ts'

export interface InternalPorts {
  readonly pool: Pool
  readonly roomLog: RoomLog
  /** Creates the users of host applications that are seen for the first time. */
  readonly ensureHostUsers: (users: readonly UserAsk[]) => Promise<ReadonlySet<string>>
  readonly presence: PresenceAnswers
  readonly failPoints: FailPoints
  readonly internalToken: string
  readonly accessTokenTtlS: number
}

/** A full batch of the largest messages that are accepted, and some. */
const BODY_LIMIT = '48mb'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Only gateways know the token; the balancer lets nobody else come here anyway. */
function requireInternalToken(token: string): RequestHandler {
  const expected = digest(`Bearer ${token}`)
  return (request, _response, next) => {
    const given = digest(request.headers.authorization ?? '')
    if (!timingSafeEqual(given, expected)) throw new ParleyError('NOT_FOUND')
    next()
  }
}

/** One that a gateway of another version let pass is refused alone: its neighbours are not. */
async function submit(roomLog: RoomLog, candidate: unknown): Promise<Settled> {
  const parsed = GatewayCommand.safeParse(candidate)
  if (parsed.success) return roomLog.submit(parsed.data)
  return { outcome: { refusal: invalidFrom(parsed.error) }, news: [] }
}

async function runCommands(roomLog: RoomLog, batch: CommandBatch): Promise<CommandBatchResult> {
  const settled = await Promise.all(batch.commands.map((command) => submit(roomLog, command)))
  const asked = new Set(batch.commands.map((command) => (command as { roomId?: string })?.roomId))
  const news = new Set<RoomNews>()
  for (const one of settled) {
    for (const item of one.news) if (asked.has(item.roomId)) news.add(item)
  }
  return { results: settled.map(({ outcome }) => toCommandResult(outcome)), news: [...news] }
}

/** Dies when the answer is out; with `lose-news` nobody else has heard by then. */
const dyingAfterAck =
  (failPoints: FailPoints): RequestHandler =>
  (_request, response, next) => {
    if (failPoints.enabled) response.once('finish', () => failPoints.dieAt('after-ack'))
    next()
  }

const FailPoint = z.strictObject({ point: z.string(), times: z.int().nonnegative() })

/** What gateways ask the API. */
export function createInternalRouter(ports: InternalPorts): Router {
  const { pool, roomLog, failPoints } = ports
  const router = Router()
  const path = (full: string): string => full.replace(/^\/internal/u, '')

  router.use(requireInternalToken(ports.internalToken))
  router.use(express.json({ limit: BODY_LIMIT }))
  router.post(
    path(INTERNAL_PATHS.commands),
    dyingAfterAck(failPoints),
    answer(CommandBatch, (batch) => runCommands(roomLog, batch)),
  )
  router.post(
    path(INTERNAL_PATHS.users),
    answer(UserStatesRequest, async ({ users }) => {
      const fromHost = users.filter(({ host }) => host !== undefined)
      const refused =
        fromHost.length > 0 ? await ports.ensureHostUsers(fromHost) : new Set<string>()
      const admitted = users.map(({ id }) => id).filter((id) => !refused.has(id))
      const states = await readUserStates(pool, admitted, ports.accessTokenTtlS)
      return { ...states, refused: [...refused] } satisfies UserStates
    }),
  )
  router.post(
    path(INTERNAL_PATHS.reconcile),
    answer(ReconcileRequest, (known) => reconcile(pool, known)),
  )
  router.post(
    path(INTERNAL_PATHS.events),
    answer(EventRangesRequest, (ranges) => readEventRanges(pool, ranges)),
  )
  addPresenceRoutes(router, ports.presence)
  if (failPoints.enabled) {
    router.post(
      '/fail-points',
      answer(FailPoint, async ({ point, times }) => {
        failPoints.arm(point, times)
        return { armed: point }
      }),
    )
  }
  return router
}
