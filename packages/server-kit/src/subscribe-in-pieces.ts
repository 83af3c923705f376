import type { Redis } from 'ioredis'

const AT_ONCE = 1_000

/**
 * After a reconnection ioredis subscribes to everything by one command. What Redis answers to hundreds of thousands of
 * channels at once is more than it keeps for a subscriber: it would end each connection before the answer is read.
 */
export function subscribeInPieces(redis: Redis): Redis {
  const subscribe = redis.subscribe.bind(redis) as (...channels: string[]) => Promise<unknown>
  const inPieces = (...args: readonly (string | readonly string[])[]): Promise<unknown> => {
    const channels = args.flat()
    const answers: Promise<unknown>[] = []
    for (let at = 0; at < channels.length; at += AT_ONCE) {
      answers.push(subscribe(...channels.slice(at, at + AT_ONCE)))
    }
    const last = Promise.all(answers).then((counts) => counts.at(-1))
    // ioredis leaves its own to nobody: ended before the answer, the process would end with it.
    last.catch(() => undefined)
    return last
  }
  redis.subscribe = inPieces as typeof redis.subscribe
  return redis
}
