import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from '@parley/server-kit'

export interface ServicePorts {
  readonly metrics: Registry
  readonly isReady: () => boolean
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}

const json = (body: unknown): string => `${JSON.stringify(body)}\n`

/** What an orchestrator and Prometheus ask. Everything else of HTTP here is Socket.IO's. */
export function createServiceRoutes({ metrics, isReady }: ServicePorts) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url?.split('?', 1)[0]
    if (path === '/healthz') answer(response, 200, 'application/json', json({ alive: true }))
    else if (path === '/readyz') {
      const ready = isReady()
      answer(response, ready ? 200 : 503, 'application/json', json({ ready }))
    } else if (path === '/metrics') {
      metrics.metrics().then(
        (text) => answer(response, 200, metrics.contentType, text),
        () => answer(response, 500, 'text/plain', 'no metrics\n'),
      )
    } else answer(response, 404, 'application/json', json({ code: 'NOT_FOUND' }))
  }
}
