import type { Event } from '@parley/message-schema'
import { createRegistry } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { createGatewayMetrics } from '../gateway-metrics.ts'
import { RoomPacket } from '../room-feed/room-packet.ts'
import { measureDelivery } from './measure-delivery.ts'

const none = (): number => 0
const readings = {
  sessions: none,
  rooms: none,
  queued: none,
  usersHere: none,
  usersWatched: none,
  leases: none,
}

const event = (seq: number, ts: number): Event => ({
  seq,
  ts: new Date(ts).toISOString(),
  actor: { id: 'alice', kind: 'user' },
  type: 'message:created',
  data: { type: 'text', text: 'hello' },
})

test('a packet is timed by its oldest event, once, whoever many are handed it', async () => {
  const registry = createRegistry('test')
  const sockets = [3, 0]
  const write = measureDelivery(
    () => sockets.shift() ?? 0,
    createGatewayMetrics(registry, readings),
  )
  const now = Date.now()
  write(new RoomPacket('room', [event(1, now - 4_000), event(2, now)], 2))
  // Nobody is there, and a clock that is ahead of ours makes no time that is less than none.
  write(new RoomPacket('room', [event(3, now + 60_000)], 3))
  const text = await registry.metrics()
  expect(text).toMatch(/parley_deliveries_total\{[^}]*\} 3\n/u)
  for (const to of ['first', 'last']) {
    const bucket = (le: string): RegExp =>
      new RegExp(`parley_delivery_seconds_bucket\\{le="${le}",[^}]*to="${to}"[^}]*\\} (\\d)`, 'u')
    expect(bucket('2.5').exec(text)?.[1], text).toBe('0')
    expect(bucket('\\+Inf').exec(text)?.[1]).toBe('1')
  }
})

test('a packet of an unknown time is counted and not timed', async () => {
  const registry = createRegistry('test')
  const write = measureDelivery(() => 3, createGatewayMetrics(registry, readings))
  write(new RoomPacket('room', [{ ...event(1, 0), ts: 'yesterday' }], 1))
  const text = await registry.metrics()
  expect(text).toMatch(/parley_deliveries_total\{[^}]*\} 3\n/u)
  expect(text).not.toContain('parley_delivery_seconds_count')
})
