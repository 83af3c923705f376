import { LIMITS, PROTOCOL_VERSION } from '@parley/message-schema'
import cors from 'cors'
import express, { Router, type Express } from 'express'
import { createAdmit } from '../auth/admit.ts'
import { createLivingSessions } from '../auth/living-sessions.ts'
import { createSessionStore } from '../db/session-store.ts'
import { createRoutes, type RoutePorts } from '../routes/create-routes.ts'
import { createAccessLog } from './access-log.ts'
import { createAuthenticate, type AuthenticatePorts } from './authenticate.ts'
import { createDocs } from './docs-page.ts'
import { createOpenApi } from './open-api.ts'
import { createProbes, type ProbePorts } from './probes.ts'
import { createProblemHandler, notFound } from './problem.ts'
import { createLimitUser, limitAuthRoutes } from './rate-limits.ts'
import { requestId } from './request-id.ts'
import { mountRoutes } from './route.ts'
import { createSecurityHeaders } from './security-headers.ts'
import { createWebClient } from './web-client.ts'
import type { EnsureHostUsers } from '../auth/host-users.ts'
import type { ApiConfig } from '../config.ts'
import type { Logger } from '@parley/server-kit'

export interface AppPorts
  extends Omit<RoutePorts, 'living'>, ProbePorts, Pick<AuthenticatePorts, 'verifyToken'> {
  readonly logger: Logger
  readonly config: ApiConfig
  readonly ensureHostUsers: EnsureHostUsers
  /** What gateways ask; it has its own secret and its own limits. */
  readonly internal: Router
}

const EXPOSED_HEADERS = ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'ETag']
const CORS_MAX_AGE_S = 600

/** The whole HTTP side of the API, in the order that a request meets it. */
export function createApp(ports: AppPorts): Express {
  const { config, logger, signer } = ports
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', config.trustProxy)
  app.set('query parser', 'simple')

  app.use(requestId)
  app.use(createAccessLog(logger.child({ part: 'http' }), ports.metrics))
  app.use(createSecurityHeaders('/docs'))
  app.use(createProbes(ports))
  app.use('/internal', ports.internal)
  app.use(
    cors({
      origin: config.allowedOrigins.includes('*') ? '*' : [...config.allowedOrigins],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: CORS_MAX_AGE_S,
    }),
  )
  app.get('/.well-known/jwks.json', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json(signer.keySet)
  })
  app.use(createPublicRoutes(ports))
  app.use(createDocs(createOpenApi(String(PROTOCOL_VERSION))))
  app.use(createWebClient(config.webDistDir))
  app.use(notFound)
  app.use(createProblemHandler(logger))
  return app
}

function createPublicRoutes(ports: AppPorts): Router {
  const { config, prisma, verifyToken, ensureHostUsers } = ports
  const sessions = createSessionStore(prisma)
  const living = createLivingSessions(async (id) => {
    const session = await sessions.find(id)
    return session === null ? null : { userId: session.user.id, isRevoked: session.isRevoked }
  })
  const authenticate = createAuthenticate({
    verifyToken,
    limitUser: createLimitUser(config.requestRatePerMinute),
    admit: createAdmit({ sessions: living, ensureHostUsers }),
  })

  const router = Router()
  limitAuthRoutes(router, config.authRatePerMinute)
  router.use(express.json({ limit: LIMITS.bodyBytes, strict: true }))
  mountRoutes(router, createRoutes({ ...ports, living }), authenticate)
  return router
}
