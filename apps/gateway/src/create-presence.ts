import { randomBytes } from 'node:crypto'
import { PRESENCE_HASHES, type AudienceAsk, type Watchable } from '@parley/message-schema'
import { LeasedHash, livingOwners, SmartBatch, type Logger, type Redis } from '@parley/server-kit'
import type { ApiClient } from './api-client/api-client.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { HereUsers } from './presence/here-users.ts'
import { LastSeen } from './presence/last-seen.ts'
import { LivingGateways } from './presence/living-gateways.ts'
import { PresenceLease } from './presence/presence-lease.ts'
import { PresenceTimers } from './presence/presence-timers.ts'
import { PresenceWatch } from './presence/presence-watch.ts'
import { RedisPresence } from './presence/redis-presence.ts'
import type { LocalUser } from './sessions/local-users.ts'
import type { Session } from './sessions/session.ts'

export interface PresencePorts {
  readonly config: GatewayConfig
  readonly logger: Logger
  readonly api: Pick<ApiClient, 'findWatchable' | 'noteSeen'>
  readonly publisher: Redis
  readonly subscriber: Redis
  readonly metrics: GatewayMetrics
}

const TICK_MS = 1_000
const GRACE_TICK_MS = 250
const NOTE_SEEN_EVERY_MS = 10_000
/** Hints may be lost: so often everybody who is watched is read. */
const LOOK_AT_ALL_EVERY_MS = 60_000
const ASKS_AT_ONCE = 50
const ASKS_WAITING = 10_000

/** In parts of the lease: two beats may be lost, and whoever is doubted has had time for one. */
const BEATS_A_LEASE = 4
const DOUBT_PART = 0.4

function createAudiences(api: PresencePorts['api']) {
  const asks = new SmartBatch<AudienceAsk, readonly Watchable[]>({
    run: async (items) => (await api.findWatchable({ asks: [...items] })).answers,
    maxBatch: ASKS_AT_ONCE,
    maxQueued: ASKS_WAITING,
  })
  return async (ask: AudienceAsk): Promise<readonly Watchable[]> => {
    const answer = asks.add(ask)
    if (answer === undefined) throw new Error('Too much is being asked about presence.')
    return answer
  }
}

/** Who is on this gateway, what others are told of it, and what is told here of others. */
function buildPresence({ config, logger, api, publisher, subscriber, metrics }: PresencePorts) {
  const owner = `${config.name}.${randomBytes(6).toString('hex')}`
  const prefix = PRESENCE_HASHES
  const leaseMs = config.presenceLeaseMs
  const lastSeen = new LastSeen({ store: api.noteSeen, logger })
  const here: HereUsers = new HereUsers({
    graceMs: config.presenceGraceMs,
    changed: () => lease.changed(),
    seen: lastSeen.note,
  })
  const redis: RedisPresence = new RedisPresence({
    publisher,
    subscriber,
    onHint: ({ userId, seenAtMs, isAboutAudience }) => {
      if (isAboutAudience) watch.doubtAudienceOf(userId)
      else if (seenAtMs === undefined) watch.look([userId])
      else watch.left(userId, seenAtMs)
    },
    onHintOfAll: () => watch.lookAtAll(),
    onFollowing: (userIds) => watch.look(userIds),
    onBack: () => {
      watch.doubtEverything()
      void lease.back()
    },
    published: metrics.presencePublished,
    logger,
  })
  const lease: PresenceLease = new PresenceLease({
    here,
    store: new LeasedHash({ redis: publisher, prefix, owner, leaseMs }),
    tell: (changes) => redis.tell(changes),
    tellAll: () => redis.tellAll(),
    logger,
  })
  const watch: PresenceWatch = new PresenceWatch({
    readEntries: (userIds) => redis.read(userIds),
    findWatchable: createAudiences(api),
    follow: (userIds) => redis.follow(userIds),
    unfollow: (userIds) => redis.unfollow(userIds),
    doubtMs: leaseMs * DOUBT_PART,
    logger,
  })
  const living = new LivingGateways(
    () => livingOwners(publisher, prefix),
    () => watch.lookAtAll(),
  )
  return { owner, lastSeen, here, lease, watch, living }
}

export function createPresence(ports: PresencePorts) {
  const { presenceGraceMs: graceMs, presenceLeaseMs: leaseMs } = ports.config
  const { owner, lastSeen, here, lease, watch, living } = buildPresence(ports)
  const timers = new PresenceTimers()
  return {
    owner,
    here,
    watch,
    leases: () => living.size,
    /** What MySQL says of a local user may be new. */
    heed(user: LocalUser): void {
      if (user.presence !== undefined) here.chose(user.id, user.presence, Date.now())
      for (const session of user.sessions) watch.doubtWatcher(session)
    },
    arrived(session: Session, user: LocalUser): void {
      if (user.presence !== undefined) here.arrived(session, user.presence)
    },
    ended(session: Session): void {
      here.left(session, Date.now())
      watch.ended(session)
    },
    start(): void {
      void lease.beat()
      timers.every(leaseMs / BEATS_A_LEASE, async () => {
        await lease.beat()
        await living.look()
      })
      timers.every(Math.max(50, Math.min(GRACE_TICK_MS, graceMs)), () => here.tick(Date.now()))
      timers.every(TICK_MS, () => watch.tick(Date.now()))
      timers.every(LOOK_AT_ALL_EVERY_MS, () => watch.lookAtAll())
      timers.every(NOTE_SEEN_EVERY_MS, async () => {
        here.noteHere(Date.now())
        await lastSeen.flush()
      })
    },
    /** Users are not said to be gone: they may be on their way to another gateway. */
    async stop(): Promise<void> {
      timers.stop()
      here.noteLeaving()
      await lastSeen.flush()
      await lease.leave(graceMs)
    },
  }
}

export type GatewayPresence = ReturnType<typeof createPresence>
