import { randomUUID } from 'node:crypto'
import type { OwnPresence, PresenceState, SeenBatch } from '@parley/message-schema'
import { createLogger, createPublisher, createRegistry, createSubscriber } from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { afterEach, expect, test } from 'vitest'
import type { GatewayConfig } from './config.ts'
import { createPresence } from './create-presence.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'
import { Session } from './sessions/session.ts'

const logger = createLogger('test', 'silent')
const none = (): number => 0
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** What one gateway has of presence, with a short lease and nobody who may not watch. */
async function startGateway(name: string, { leaseMs = 2_000, graceMs = 200 } = {}) {
  const options = { url: redisUrl(), name, logger }
  const [publisher, subscriber] = [createPublisher(options), createSubscriber(options)]
  await eventually(() => expect(publisher.status).toBe('ready'))
  const seen: SeenBatch['users'] = []
  const presence = createPresence({
    config: { name, presenceLeaseMs: leaseMs, presenceGraceMs: graceMs } as GatewayConfig,
    logger,
    api: {
      findWatchable: async ({ asks }) => ({
        answers: asks.map(({ userIds }) =>
          userIds.map((userId) => ({ userId, presence: true, lastSeen: true })),
        ),
      }),
      noteSeen: async ({ users }) => void seen.push(...users),
    },
    publisher,
    subscriber,
    metrics: createGatewayMetrics(createRegistry(name), {
      sessions: none,
      rooms: none,
      queued: none,
      usersHere: none,
      usersWatched: none,
      leases: none,
    }),
  })
  presence.start()
  /** As kill -9: nothing is said any more, and nothing is taken back. */
  const die = (): void => {
    publisher.disconnect()
    subscriber.disconnect()
  }
  closing.push(() => {
    void presence.stop()
    die()
  })
  return { presence, publisher, seen, die }
}

type Gateway = Awaited<ReturnType<typeof startGateway>>

function openSession(userId: string) {
  const told: PresenceState[] = []
  const session = new Session(
    {
      id: 'socket',
      join: () => undefined,
      leave: () => undefined,
      emit: (name, fact) => {
        if (name === 'presence') told.push(...(fact as { states: PresenceState[] }).states)
      },
      unsentBytes: none,
      close: () => undefined,
    },
    { userId, expiresAtMs: Infinity },
  )
  return { session, told, statuses: () => told.map(({ status }) => status) }
}

const chosen: OwnPresence = {
  status: 'online',
  text: null,
  version: 0,
  typing: true,
  readReceipts: true,
}

function connect({ presence }: Gateway, userId: string, more: Partial<OwnPresence> = {}) {
  const { session } = openSession(userId)
  presence.here.arrived(session, { ...chosen, ...more })
  return { disconnect: () => presence.ended(session) }
}

async function watch({ presence }: Gateway, userId: string) {
  const watcher = openSession('watcher')
  await presence.watch.subscribe(watcher.session, [userId])
  return watcher
}

const becomes = (watcher: ReturnType<typeof openSession>, status: string) =>
  eventually(() => expect(watcher.told.at(-1)?.status).toBe(status), { timeoutMs: 10_000 })

test('a user of two gateways goes when they have left both', async () => {
  const [one, two, three] = [
    await startGateway('g1'),
    await startGateway('g2'),
    await startGateway('g3'),
  ]
  const ada = randomUUID()
  const watcher = await watch(three, ada)
  const phone = connect(one, ada)
  await becomes(watcher, 'online')
  const laptop = connect(two, ada)
  phone.disconnect()
  await eventually(() => expect(one.presence.here.size).toBe(0))
  laptop.disconnect()
  await becomes(watcher, 'offline')
  expect(watcher.statuses()).toEqual(['online', 'offline'])
  expect(watcher.told.at(-1)).toHaveProperty('lastSeenAt')
})

test('of two gateways the one that has heard of the newest choice is believed', async () => {
  const [one, two] = [await startGateway('g1'), await startGateway('g2')]
  const ada = randomUUID()
  const watcher = await watch(two, ada)
  connect(one, ada, { version: 1 })
  await becomes(watcher, 'online')
  connect(two, ada, { version: 2, status: 'invisible' })
  await becomes(watcher, 'offline')
  one.presence.here.chose(ada, { ...chosen, version: 3, status: 'dnd' }, Date.now())
  await becomes(watcher, 'dnd')
})

test('a gateway that dies takes its users with it; who is on another as well stays', async () => {
  const [dying, other] = [await startGateway('g1'), await startGateway('g2')]
  const [ada, bob] = [randomUUID(), randomUUID()]
  const [ofAda, ofBob] = [await watch(other, ada), await watch(other, bob)]
  connect(dying, ada)
  connect(dying, bob)
  await becomes(ofAda, 'online')
  await becomes(ofBob, 'online')
  dying.die()
  connect(other, bob)
  await becomes(ofAda, 'offline')
  expect(ofBob.statuses()).toEqual(['online'])
})

test('what Redis has lost is written again before anybody is held to be gone', async () => {
  const [one, two] = [await startGateway('g1'), await startGateway('g2')]
  const ada = randomUUID()
  const watcher = await watch(two, ada)
  connect(one, ada, { status: 'dnd' })
  await becomes(watcher, 'dnd')
  const key = `parley:presence:{${one.presence.owner}}`
  await two.publisher.del(key)
  two.presence.watch.lookAtAll()
  await eventually(async () => expect(await two.publisher.hget(key, ada)).toContain('dnd'))
  const fresh = await watch(two, ada)
  const again = await two.presence.watch.subscribe(fresh.session, [ada])
  expect(again).toEqual([{ userId: ada, status: 'dnd' }])
  expect(watcher.statuses()).toEqual(['dnd'])
})

test('a gateway that is stopped stores when its users were there, and is not missed at once', async () => {
  const [one, two] = [
    await startGateway('g1', { graceMs: 60_000 }),
    await startGateway('g2', { graceMs: 60_000 }),
  ]
  const ada = randomUUID()
  const watcher = await watch(two, ada)
  const phone = connect(one, ada)
  await becomes(watcher, 'online')
  phone.disconnect()
  await one.presence.stop()
  expect(one.seen.map(({ userId }) => userId)).toContain(ada)
  const key = `parley:presence:{${one.presence.owner}}`
  expect(await two.publisher.pttl(key)).toBeGreaterThan(30_000)
  await two.publisher.del(key)
})
