import type { Registry } from '@parley/server-kit'
import { Router } from 'express'

export interface ProbePorts {
  readonly isReady: () => Promise<boolean> | boolean
  readonly metrics: Registry
}

/** For the orchestrator, the balancer and Prometheus. */
export function createProbes({ isReady, metrics }: ProbePorts): Router {
  const router = Router()
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'alive' })
  })
  router.get('/readyz', async (_request, response) => {
    const ready = await isReady()
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : 'not ready' })
  })
  router.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics())
  })
  return router
}
