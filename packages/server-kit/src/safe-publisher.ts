import type { Redis } from './redis.ts'
import type { Counter } from 'prom-client'

/**
 * For Socket.IO's Redis adapter and emitter. They drop the promise of `publish`: with Redis away, its rejection would be nobody's and
 * take the gateway down. This client catches and counts. Everything that the adapter carries is
 * outside the contract and may be lost.
 */
export function createSafePublisher(publisher: Redis, lost: Counter): Redis {
  const publish = (channel: string, message: string | Buffer): Promise<number> => {
    if (publisher.status !== 'ready') {
      lost.inc()
      return Promise.resolve(0)
    }
    return publisher.publish(channel, message).catch(() => {
      lost.inc()
      return 0
    })
  }
  return new Proxy(publisher, {
    get: (target, property) => {
      if (property === 'publish') return publish
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
