import { expect, test } from 'vitest'
import { accountDeliveries, deliveredPercent } from './account-deliveries.ts'
import { DeliveryRecord, type Deliveries } from './delivery-record.ts'
import { readText, writeText, type SentMessage } from './sent-message.ts'

const sent = (number: number, ackedMs: number | null = number * 10 + 3): SentMessage => ({
  number,
  sentMs: number * 10,
  ackedMs,
})

/** What one process would tell of its readers: [reader, message, latency]. */
function shard(
  ...receipts: readonly [reader: number, number: number, latencyMs: number][]
): Deliveries {
  const record = new DeliveryRecord()
  for (const receipt of receipts) record.take(...receipt)
  return record.read()
}

test('each acknowledged message owes a delivery to each reader', () => {
  const account = accountDeliveries({
    sent: [sent(0), sent(1)],
    shards: [shard([0, 0, 5], [0, 1, 6]), shard([1, 0, 7])],
    readers: 2,
  })
  expect(account).toMatchObject({
    sent: 2,
    acked: 2,
    expected: 4,
    delivered: 3,
    lost: 1,
    doubled: 0,
  })
  expect(deliveredPercent(account)).toBe(75)
  // Raw, of all processes together.
  expect([...account.latenciesMs]).toEqual([5, 6, 7])
  expect(account.broadcasts).toEqual([
    { sentMs: 0, ackMs: 3, share: 1, p99Ms: 7 },
    { sentMs: 10, ackMs: 3, share: 0.5, p99Ms: 6 },
  ])
})

test('what nobody acknowledged is owed to nobody, and counts for nothing if it comes', () => {
  const account = accountDeliveries({
    sent: [sent(0), sent(1, null)],
    shards: [shard([0, 0, 5], [0, 1, 6], [1, 0, 4])],
    readers: 2,
  })
  expect(account).toMatchObject({ acked: 1, expected: 2, delivered: 2, lost: 0, beyondPromise: 1 })
  expect(deliveredPercent(account)).toBe(100)
})

test('a message twice is doubled, one after a later one is out of order; neither is a delivery more', () => {
  const account = accountDeliveries({
    sent: [sent(0), sent(1), sent(2)],
    shards: [shard([0, 0, 1], [0, 2, 1], [0, 1, 1], [0, 2, 9], [1, 0, 1], [1, 1, 1], [1, 2, 1])],
    readers: 2,
  })
  expect(account).toMatchObject({ delivered: 6, lost: 0, doubled: 1, reordered: 1 })
})

test('what is none of the run is told', () => {
  const account = accountDeliveries({
    sent: [sent(0)],
    shards: [shard([0, 0, 1], [0, 7, 1])],
    readers: 1,
  })
  expect(account).toMatchObject({ foreign: 1, delivered: 1 })
})

test('nearly everything is not everything', () => {
  const account = accountDeliveries({ sent: [sent(0)], shards: [], readers: 1 })
  expect(deliveredPercent({ ...account, expected: 100_000, delivered: 99_999 })).toBe(99.99)
  expect(deliveredPercent({ ...account, expected: 0 })).toBeNaN()
})

test('a text tells its number and when it was sent, and no other text does', () => {
  expect(readText(writeText(17, 1_234.567891))).toEqual({ number: 17, sentMs: 1_234.567891 })
  for (const other of ['b:1', 'hello b:1:2', 'b:1:2 ', '', undefined, 7])
    expect(readText(other)).toBeNull()
})
