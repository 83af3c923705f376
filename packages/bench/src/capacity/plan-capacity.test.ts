import { describe, expect, test } from 'vitest'
import { apiLoad, batchSize } from './api-load.ts'
import type { Demand, Supply } from './demand.ts'
import { gatewayLoad, packetsPerSecond } from './gateway-load.ts'
import { leastThat } from './least-that.ts'
import { CONSTANTS, MEASURED } from './measured-constants.ts'
import { expectedHosts, feedLifeS } from './placement.ts'
import { NoPlanError, planCapacity } from './plan-capacity.ts'
import { presencePart, redisLoad } from './redis-load.ts'

const SUPPLY: Supply = {
  load: 0.5,
  gatewayMemoryMb: 4_096,
  files: 65_536,
  headsIntervalMs: 5_000,
  mysqlCores: 16,
  spare: 1,
  machineCores: 8,
}
const DEMAND: Demand = {
  sockets: 100_000,
  rooms: 300_000,
  members: 20,
  largestRoom: 1_000,
  online: 0.3,
  messagesPerSecond: 200,
  messageBytes: 200,
  readsPerUserHour: 12,
  presencePerUserHour: 4,
  watched: 20,
  minutesOnline: 60,
  storm: 1,
}
const plan = (demand: Partial<Demand>, supply: Partial<Supply> = {}) =>
  planCapacity({ ...DEMAND, ...demand }, { ...SUPPLY, ...supply })
const allGateways = ({ clusters, cluster }: ReturnType<typeof plan>): number =>
  clusters * cluster.gateways

test('every constant is a number with a unit and a source', () => {
  for (const [name, { value, unit, from }] of Object.entries(CONSTANTS)) {
    expect(value, name).toBeGreaterThan(0)
    expect(unit, name).not.toBe('')
    expect(from, name).not.toBe('')
  }
})

describe('more of anything never needs less', () => {
  const growing = (steps: readonly Partial<Demand>[], of: (p: ReturnType<typeof plan>) => number) =>
    steps.map((step) => of(plan(step)))
  const expectNoFall = (values: readonly number[]) =>
    expect(values).toEqual(values.toSorted((one, other) => one - other))
  const sockets = [1, 1e3, 1e4, 1e5, 3e5, 1e6, 3e6, 1e7].map((count) => ({
    sockets: count,
    rooms: count * 3,
    messagesPerSecond: count / 500,
    largestRoom: 1,
  }))

  test('sockets: gateways, clusters, machines', () => {
    expectNoFall(growing(sockets, allGateways))
    expectNoFall(growing(sockets, ({ clusters }) => clusters))
    expectNoFall(growing(sockets, ({ machines }) => machines))
  })
  test('in small steps: in as many clusters no fewer gateways, in all no fewer clusters and machines', () => {
    // One cluster more may need a gateway less in all: each is full to another degree.
    const steps = Array.from({ length: 120 }, (_, step) => Math.round(10 ** (3 + step / 30)))
    const plans = steps.map((count) =>
      plan({ sockets: count, rooms: count * 3, messagesPerSecond: count / 500 }),
    )
    expectNoFall(plans.map(({ clusters }) => clusters))
    expectNoFall(plans.map(({ machines }) => machines))
    for (const [at, { clusters, cluster }] of plans.entries()) {
      const before = plans[at - 1]
      if (before?.clusters !== clusters) continue
      expect(cluster.gateways).toBeGreaterThanOrEqual(before.cluster.gateways)
    }
  })
  test('messages: cores of the APIs, of MySQL and of Redis in one cluster, bytes', () => {
    const steps = [0, 1, 100, 1_000, 5_000].map((messagesPerSecond) => ({ messagesPerSecond }))
    expectNoFall(growing(steps, ({ clusters, cluster }) => clusters * cluster.apis))
    expectNoFall(growing(steps, ({ clusters, cluster }) => clusters * cluster.api.dbCores))
    expectNoFall(growing(steps, ({ cluster }) => cluster.redis.cpu))
    expectNoFall(growing(steps, (p) => p.network.out * allGateways(p)))
    expectNoFall(growing(steps, ({ storedBytesPerDay }) => storedBytesPerDay))
  })
  test('members: deliveries, and the rooms that a gateway holds', () => {
    const steps = [2, 20, 200, 2_000].map((members) => ({ members, largestRoom: 2_000 }))
    expectNoFall(growing(steps, ({ cluster }) => cluster.gateway.deliveries * cluster.gateways))
    const roomsHeld = steps.map((step) => gatewayLoad({ ...DEMAND, ...step }, SUPPLY, 10, MEASURED))
    expectNoFall(roomsHeld.map(({ rooms }) => rooms))
  })
  test('memory and descriptors: fewer gateways', () => {
    const little = plan({ watched: 0 }, { gatewayMemoryMb: 512 })
    expect(allGateways(little)).toBeGreaterThan(allGateways(plan({ watched: 0 })))
    const few = plan({ watched: 0 }, { files: 2_200 })
    expect(few.cluster.gateways).toBe(50 + SUPPLY.spare)
    expect(few.cluster.gatewayUses.find(({ of }) => of === 'file descriptors')?.share).toBe(1)
  })
})

describe('known points', () => {
  test('a socket among all gateways alike: the chance that one of them has none', () => {
    expect(expectedHosts(1, 1)).toBe(1)
    expect(expectedHosts(1, 100)).toBeCloseTo(1)
    expect(expectedHosts(2, 2)).toBeCloseTo(1.5)
    expect(expectedHosts(1e6, 8)).toBeCloseTo(8)
    expect(expectedHosts(0, 8)).toBe(0)
  })
  test('a feed lives as long as its one visitor, or far longer if many come', () => {
    expect(feedLifeS(1e-9, 3_600)).toBeCloseTo(3_600)
    expect(feedLifeS(1, 3_600)).toBeCloseTo(3_600 * (Math.E - 1))
    expect(feedLifeS(100, 3_600)).toBe(86_400)
  })
  test('packets of a busy room are a window apart, of a quiet one as they come', () => {
    expect(packetsPerSecond(50, 3, MEASURED)).toBe(50)
    expect(packetsPerSecond(0.01, 500, MEASURED)).toBeCloseTo(0.01)
    expect(packetsPerSecond(1e6, 1_000, MEASURED)).toBeCloseTo(1_000 / 152)
    // Where nobody can read all of it, twice as long. 30 sockets may wait for 22.8 ms: a quarter of the longest window is the next that fits.
    expect(packetsPerSecond(1e6, 30, MEASURED)).toBeCloseTo(1_000 / 38)
  })
  test('commands that come before the next transaction may begin are in it, 500 at most', () => {
    expect(batchSize(1, 2, MEASURED)).toBe(1)
    const perSecond = (2 * 10 * 1_000) / MEASURED.transactionEveryMs
    expect(batchSize(perSecond, 2, MEASURED)).toBeCloseTo(10)
    const slow = { ...MEASURED, transactionMs: 40 }
    expect(batchSize(1_000, 1, slow)).toBeCloseTo(20)
    expect(batchSize(1e9, 2, MEASURED)).toBe(500)
  })
  test('one message a second into rooms that are alone: one PUBLISH, and what it costs', () => {
    const quiet = { ...DEMAND, messagesPerSecond: 1, readsPerUserHour: 0, watched: 0 }
    const { news } = redisLoad({ ...quiet, presencePerUserHour: 0 }, 1, MEASURED).parts
    expect(news.commands).toBe(1)
    expect(news.cpu).toBeCloseTo((MEASURED.redisPublishUs + MEASURED.redisReceiverUs) / 1e6)
    expect(news.bytes).toBe(2 * (MEASURED.newsBytes + 200))
  })
  test('one gateway with 10,000 quiet sockets in 20 rooms each', () => {
    const quiet: Demand = {
      ...DEMAND,
      sockets: 10_000,
      online: 1,
      rooms: 10_000,
      messagesPerSecond: 0,
      readsPerUserHour: 0,
      presencePerUserHour: 0,
      watched: 0,
    }
    const load = gatewayLoad(quiet, SUPPLY, 1, MEASURED)
    const { socketHeapKb, socketKernelKb, socketRoomHeapKb, feedKb, gatewayBaseMb } = MEASURED
    const socketKb = socketHeapKb + socketKernelKb + 20 * socketRoomHeapKb
    expect(load.memoryMb).toBeCloseTo(gatewayBaseMb + 10 * (socketKb + feedKb))
    expect(load.cpu.handshakes).toBeCloseTo((10_000 / 3_600) * 0.0018)
    const { deliveries, events, commands } = load.cpu
    expect({ deliveries, events, commands }).toEqual({ deliveries: 0, events: 0, commands: 0 })
    expect(load.headsTold).toBeCloseTo((10_000 * 20) / 60)
  })
  test('one room of 1,000 on two gateways, 50 messages a second: two windows of packets', () => {
    const room: Demand = {
      ...DEMAND,
      sockets: 1_000,
      online: 1,
      rooms: 1,
      members: 1_000,
      messagesPerSecond: 50,
    }
    const load = gatewayLoad(room, SUPPLY, 2, MEASURED)
    // 13.2 windows a second, of which one in 45 has nothing in it.
    expect(load.deliveries).toBeCloseTo(500 * (1 - Math.exp(-50 * 0.076)) * (1_000 / 76))
    expect(load.deliveredEvents).toBe(500 * 50)
    expect(redisLoad(room, 2, MEASURED).parts.news.bytes).toBeCloseTo(50 * 578 * 3)
  })
  test('nothing said costs no message, but heads are compared all the same', () => {
    const none = { ...DEMAND, messagesPerSecond: 0, readsPerUserHour: 0 }
    const load = apiLoad(none, SUPPLY, { gateways: 1, apis: 1 }, MEASURED)
    expect(load.transactions).toBe(0)
    expect(load.comparedHeads).toBe((DEMAND.rooms * 1 + DEMAND.sockets) / 5)
  })
})

describe('what does not scale', () => {
  test('presence grows with the square of the gateways', () => {
    const one = presencePart({ ...DEMAND, presencePerUserHour: 0 }, 50, MEASURED)
    const two = presencePart({ ...DEMAND, presencePerUserHour: 0, sockets: 2e5 }, 100, MEASURED)
    expect(two.cpu / one.cpu).toBeGreaterThan(3.5)
  })
  test('news do not: twice the gateways cost as much, once each member sits on one', () => {
    const news = (gateways: number) => redisLoad(DEMAND, gateways, MEASURED).parts.news
    expect(news(1_000).commands).toBe(news(1).commands)
    expect(news(1_000).bytes / news(500).bytes).toBeLessThan(1.05)
    expect(news(1_000).bytes / news(1).bytes).toBeLessThan(10)
  })
  test('read positions do: every gateway hears of each', () => {
    const reads = (gateways: number) => redisLoad(DEMAND, gateways, MEASURED).parts.reads
    expect(reads(100).bytes / reads(10).bytes).toBeGreaterThan(9)
  })
  test('ten million sockets are several clusters, and it is said why', () => {
    const big = plan({ sockets: 1e7, rooms: 3e7, messagesPerSecond: 2e4 })
    expect(big.clusters).toBeGreaterThan(1)
    expect(big.oneWouldNeed.share).toBeGreaterThan(1)
    expect(big.bottleneck.share).toBeLessThanOrEqual(1)
    expect(big.cluster.gateways).toBeLessThanOrEqual(MEASURED.leaseOwners)
  })
  test('a room that is too loud, or larger than a cluster, is warned of', () => {
    const loud = plan({ rooms: 1, members: 1_000, messagesPerSecond: 20_000 })
    expect(loud.warnings.join(' ')).toMatch(/one room is one log/u)
    const large = plan({ sockets: 1e7, rooms: 3e7, largestRoom: 3e7, messagesPerSecond: 2e4 })
    expect(large.warnings.join(' ')).toMatch(/a room is not split/u)
  })
  test('what no number of clusters holds is refused in a sentence', () => {
    expect(() => plan({ watched: 0 }, { mysqlCores: 1e-6 })).toThrow(NoPlanError)
  })
})

test('the least that will do is found at both ends', () => {
  for (const least of [1, 2, 3, 64, 65, 500])
    expect(leastThat(1, 500, (n) => n >= least)).toBe(least)
  expect(leastThat(1, 500, () => false)).toBeUndefined()
})
