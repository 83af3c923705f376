import { TokenBuckets, type Rate } from '@parley/server-kit'
import type { Session } from '../sessions/session.ts'

const READS: Rate = { perSecond: 10, burst: 40 }
const TYPING: Rate = { perSecond: 5, burst: 20 }
const WATCHING: Rate = { perSecond: 5, burst: 10 }
const OTHERS: Rate = { perSecond: 2, burst: 10 }
/** Users remembered: reconnecting does not fill one's bucket. */
const USERS = 100_000

/** One bucket for each user and kind of event. Events that do not exist are limited too. */
export function createRateLimit(writes: Rate) {
  const write = new TokenBuckets(writes, USERS)
  const others = new TokenBuckets(OTHERS, USERS)
  const byEvent = new Map([
    ['message:send', write],
    ['message:edit', write],
    ['message:delete', write],
    ['reaction:set', new TokenBuckets(writes, USERS)],
    ['pin:set', new TokenBuckets(writes, USERS)],
    ['sync', new TokenBuckets(READS, USERS)],
    ['typing:set', new TokenBuckets(TYPING, USERS)],
    ['presence:subscribe', new TokenBuckets(WATCHING, USERS)],
    ['read:set', new TokenBuckets(READS, USERS)],
  ])
  return (session: Session, name: string): number =>
    (byEvent.get(name) ?? others).take(session.userId, Date.now())
}
