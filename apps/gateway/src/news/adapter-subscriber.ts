import type { Logger, Redis } from '@parley/server-kit'

type Listener = (...args: unknown[]) => unknown

/**
 * What Socket.IO's Redis adapter hears with. It does not expect what nobody of ours has sent: a broadcast
 * that cannot be decoded would be thrown at nobody and take the gateway down. And gateways ask nothing of
 * each other through it, so that whoever can write to Redis is not to move or end sockets by it either:
 * of all its channels only those of broadcasts are heard.
 */
export function createAdapterSubscriber(subscriber: Redis, logger: Logger): Redis {
  const guarded =
    (listener: Listener): Listener =>
    (...args) => {
      try {
        listener(...args)
      } catch (error) {
        logger.warn({ err: error }, 'a broadcast that cannot be read')
      }
    }
  return new Proxy(subscriber, {
    get: (target, property, proxy) => {
      if (property === 'subscribe') return () => Promise.resolve(0)
      if (property === 'on') {
        return (name: string, listener: Listener) => {
          target.on(name as never, name === 'pmessageBuffer' ? guarded(listener) : listener)
          return proxy as Redis
        }
      }
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
