import { expect, test } from 'vitest'
// @boundaries-ignore what is simulated with
import type { Demand } from '../../../packages/bench/src/capacity/demand.ts'
// @boundaries-ignore what is simulated with
import { simulateResume } from '../../../packages/bench/src/capacity/simulate-resume.ts'
// @boundaries-ignore what is checked
import { stormRoomReads } from '../../../packages/bench/src/capacity/storm-load.ts'
import { keepTable } from '../../docs/keep-table.ts'
import { createProductGateway } from './product-gateway.ts'

const TIMES = {
  apis: 2,
  handshakeMs: 1.8,
  handshakesPerSecond: 300,
  networkMs: 0.2,
  userMs: 0.3,
  reconcileMs: 2.5,
  rangeMs: 0.1,
}
const STORM = {
  clients: 160,
  rooms: 40,
  roomsPerClient: 10,
  gateways: 2,
  missed: 3,
  replaced: true,
  seed: 7,
}
type Storm = typeof STORM
const run = (change: Partial<Storm>, times: Partial<typeof TIMES> = {}) =>
  simulateResume({ ...STORM, ...change, times: { ...TIMES, ...times } }, createProductGateway)

const demandOf = ({ clients, rooms, roomsPerClient }: Storm): Demand => ({
  sockets: clients,
  rooms,
  members: (clients * roomsPerClient) / rooms,
  largestRoom: clients,
  online: 1,
  messagesPerSecond: 0,
  messageBytes: 200,
  readsPerUserHour: 0,
  presencePerUserHour: 0,
  watched: 0,
  minutesOnline: 60,
  storm: 1,
})

test('everybody is handed all that they missed', async () => {
  const { clients, roomsPerClient, missed } = STORM
  expect((await run({})).events).toBe(clients * roomsPerClient * missed)
})

test('the same seed is the same storm', async () => {
  expect(await run({})).toEqual(await run({}))
  expect(await run({ seed: 8 })).not.toEqual(await run({}))
})

test('users who come while others are read are read together', async () => {
  const slow = await run({}, { userMs: 30, apis: 1 })
  expect(slow.requests.users).toBeLessThan(STORM.clients / 4)
  expect(slow.queries.users).toBe(10 * slow.requests.users)
})

test('the slower rooms are read, the more of them are read together', async () => {
  const quick = await run({})
  const slow = await run({}, { rangeMs: 2, apis: 1 })
  expect(slow.requests.events).toBeLessThan(quick.requests.events)
  expect(slow.rangesRead).toBeGreaterThanOrEqual(slow.roomsHosted)
  expect(slow.rangesRead).toBeLessThan(1.2 * slow.roomsHosted)
})

test('gateways that were there all the time answer from what they have heard', async () => {
  const { rangesRead, requests, events } = await run({ replaced: false })
  expect({ rangesRead, events: requests.events }).toEqual({ rangesRead: 0, events: 0 })
  expect(events).toBe(STORM.clients * STORM.roomsPerClient * STORM.missed)
  expect(requests.reconcile).toBeLessThanOrEqual(STORM.clients)
})

test('looks at heads are one at a time a gateway, not one a client and a room', async () => {
  const { requests, roomsHosted } = await run({})
  expect(requests.reconcile).toBeLessThan(roomsHosted + STORM.clients)
  const slow = await run({}, { reconcileMs: 300, apis: 1 })
  expect(slow.requests.reconcile).toBeLessThan(requests.reconcile)
})

/** What the plan counts with. */
const plannedReads = (storm: Storm): number => stormRoomReads(demandOf(storm), storm.gateways)

test.each<[Partial<Storm>, number]>([
  [{ clients: 80 }, 0.1],
  [{ clients: 640 }, 0.1],
  [{ rooms: 400 }, 0.1],
  [{ gateways: 8 }, 0.1],
  [{ clients: 640 }, 1],
  [{ clients: 640 }, 4],
])('rooms are read as often as the plan counts with: %j, %d ms a room', async (change, rangeMs) => {
  const { rangesRead, roomsHosted } = await run(change, { rangeMs })
  // Once a gateway, however many ask and however long it takes.
  expect(rangesRead).toBe(roomsHosted)
  const planned = plannedReads({ ...STORM, ...change })
  expect(planned / rangesRead).toBeGreaterThan(0.9)
  expect(planned / rangesRead).toBeLessThan(1.1)
})

test('the table of the page is what is simulated', async () => {
  const storms: (Partial<Storm> & { userMs?: number; rangeMs?: number })[] = [
    { replaced: false },
    { replaced: false, clients: 640 },
    {},
    { clients: 640 },
    { clients: 640, rooms: 400 },
    { gateways: 8 },
    { clients: 640, rangeMs: 1 },
    { clients: 640, rangeMs: 4 },
    // As it was measured: on the page beside it.
    { replaced: false, userMs: 14, rangeMs: 3 },
    { userMs: 12, rangeMs: 3 },
  ]
  const rows: string[] = []
  for (const { userMs = TIMES.userMs, rangeMs = TIMES.rangeMs, ...change } of storms) {
    const storm = { ...STORM, ...change }
    const { requests, queries, rangesRead, roomsHosted, allMs } = await run(change, {
      userMs,
      rangeMs,
    })
    const statements = queries.users + queries.reconcile + queries.events
    const planned = storm.replaced ? plannedReads(storm) : 0
    const cells = [
      storm.clients,
      storm.rooms,
      storm.replaced ? `${storm.gateways}, new` : storm.gateways,
      `${userMs} and ${rangeMs} ms`,
      roomsHosted,
      `${requests.users}, ${requests.reconcile}, ${requests.events}`,
      statements.toLocaleString('en'),
      `${rangesRead.toLocaleString('en')} (${Math.round(planned).toLocaleString('en')})`,
      `${(allMs / 1_000).toFixed(1)} s`,
    ]
    rows.push(`| ${cells.join(' | ')} |`)
  }
  keepTable('docs/capacity.md', '### The resume storm', rows)
})

test('admission decides when the APIs are quick, the APIs when they are slow', async () => {
  const { clients, gateways } = { ...STORM, clients: 800 }
  const quick = await run({ clients })
  const admittedMs = (clients / gateways / TIMES.handshakesPerSecond) * 1_000
  expect(quick.allMs).toBeGreaterThan(admittedMs)
  expect(quick.allMs).toBeLessThan(admittedMs + 1_500)
  const slow = await run({ clients }, { apis: 1, rangeMs: 1 })
  expect(slow.allMs).toBeGreaterThan(slow.rangesRead * 1)
})
