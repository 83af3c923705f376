import { PROTOCOL_VERSION } from '@parley/message-schema'
import cors from 'cors'
import express, { type Express } from 'express'
import { createAccessLog, type RequestSeconds } from './access-log.ts'
import { createAsyncApi } from './async-api.ts'
import { createCompression } from './compress.ts'
import { createDocs } from './docs-page.ts'
import { createOpenApi } from './open-api.ts'
import { createProbes, type ProbePorts } from './probes.ts'
import { createProblemHandler, notFound } from './problem.ts'
import { createPublicRoutes, type PublicPorts } from './public-routes.ts'
import { requestId } from './request-id.ts'
import { createSecurityHeaders } from './security-headers.ts'
import { createWebClient } from './web-client.ts'

export interface AppPorts extends PublicPorts, ProbePorts {
  readonly requestSeconds: RequestSeconds
}

const EXPOSED_HEADERS = [
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Idempotency-Replayed',
  'Allow',
  'ETag',
]
const CORS_MAX_AGE_S = 600

/** What the API is asked by the public, in the order that a request meets it. Gateways ask elsewhere. */
export function createApp(ports: AppPorts): Express {
  const { config, logger, signer } = ports
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', config.trustProxy)
  app.set('query parser', 'simple')

  app.use(requestId)
  app.use(createAccessLog(logger.child({ part: 'http' }), ports.requestSeconds))
  app.use(createSecurityHeaders('/docs'))
  app.use(createProbes(ports))
  app.use(
    cors({
      origin: config.allowedOrigins.includes('*') ? '*' : [...config.allowedOrigins],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: CORS_MAX_AGE_S,
    }),
  )
  app.use(createCompression())
  app.get('/.well-known/jwks.json', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json(signer.keySet)
  })
  app.use(createPublicRoutes(ports))
  app.use(createDocs(createOpenApi(String(PROTOCOL_VERSION)), createAsyncApi()))
  app.use(createWebClient(config.webDistDir))
  app.use(notFound)
  app.use(createProblemHandler(logger))
  return app
}
