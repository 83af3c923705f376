import type { Logger, Registry, VerifyToken } from '@parley/server-kit'
import express, { Router } from 'express'
import { createAdmit } from '../auth/admit.ts'
import type { EnsureHostUsers } from '../auth/host-users.ts'
import { createLivingSessions } from '../auth/living-sessions.ts'
import { createOperators } from '../auth/operators.ts'
import { createUserStandings } from '../auth/user-standing.ts'
import { createApiKeys } from '../auth/verify-key.ts'
import { createApiKeyStore } from '../db/server/api-key-store.ts'
import { createAuditStore } from '../db/server/audit-store.ts'
import { createRequestClaims } from '../db/server/request-claim-store.ts'
import { createSessionStore } from '../db/users/session-store.ts'
import { findUserStanding } from '../db/users/user-standing-store.ts'
import { createRoutes, type RoutePorts } from '../routes/create-routes.ts'
import { wirePusherRouter } from '../routes/wire-pusher-routes.ts'
import { createAnswerOnce } from './answer-once.ts'
import { createAuthenticate } from './authenticate.ts'
import { limitBodyTime } from './limit-body-time.ts'
import { createNoteActing } from './note-acting.ts'
import { createOnLimit, createRateLimits } from './rate-limits.ts'
import { mountRoutes } from './route.ts'
import { createWorkPlaces } from './work-places.ts'

export interface PublicPorts extends Omit<
  RoutePorts,
  'living' | 'standings' | 'apiKeys' | 'onLimit' | 'operators'
> {
  readonly logger: Logger
  readonly metrics: Registry
  readonly verifyToken: VerifyToken
  readonly ensureHostUsers: EnsureHostUsers
}

function createKeys({ logPool, config, logger }: PublicPorts) {
  const store = createApiKeyStore(logPool)
  return createApiKeys({
    find: store.secrets,
    rootKey: config.rootApiKey,
    touch: (id) => {
      store.touch(id).catch((error: unknown) => {
        logger.debug({ err: error }, 'could not note the use of an API key')
      })
    },
  })
}

/** `/v1`: who asks, how often they may, and what answers them. */
export function createPublicRoutes(ports: PublicPorts): Router {
  const { config, prisma, logPool, verifyToken, ensureHostUsers, logger } = ports
  const sessions = createSessionStore(prisma)
  const living = createLivingSessions(async (id) => {
    const session = await sessions.find(id)
    return session === null ? null : { userId: session.user.id, isRevoked: session.isRevoked }
  })
  const standings = createUserStandings((userId) => findUserStanding(logPool, userId))
  const apiKeys = createKeys(ports)
  const operators = createOperators(config)
  const onLimit = createOnLimit(ports.metrics)
  const { address, ...limits } = createRateLimits(config, onLimit)

  const router = Router()
  router.use('/v1', address)
  if (config.pusher.apps.length > 0) {
    router.use('/apps', wirePusherRouter(ports, { address, key: limits.key }))
  }
  mountRoutes(router, createRoutes({ ...ports, living, standings, apiKeys, onLimit, operators }), {
    authenticate: createAuthenticate({
      verifyToken,
      apiKeys,
      limits,
      standings,
      operators,
      admit: createAdmit({ sessions: living, ensureHostUsers, standings }),
    }),
    answerOnce: createAnswerOnce(createRequestClaims(logPool), logger),
    bodyReader: (limit) => limitBodyTime(express.json({ limit, strict: true })),
    workPlaces: createWorkPlaces(config.requestsAtOnce, ports.metrics),
    noteActing: createNoteActing(createAuditStore(logPool).write, logger),
  })
  return router
}
