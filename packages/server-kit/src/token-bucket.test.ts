import { expect, test } from 'vitest'
import { TokenBucket, TokenBuckets } from './token-bucket.ts'

test('a burst passes at once, and what comes after it waits for its token and no longer', () => {
  const bucket = new TokenBucket(5, 20, 1_000)
  const taken = Array.from({ length: 20 }, () => bucket.take(1_000))
  expect(taken).toEqual(Array.from({ length: 20 }, () => 0))
  expect(bucket.take(1_000)).toBe(200)
  expect(bucket.take(1_150)).toBeLessThanOrEqual(51)
  expect(bucket.take(1_201)).toBe(0)
  expect(bucket.take(1_201)).toBeGreaterThan(190)
})

test('whoever waits as long as is said is let through, and one refused pays nothing', () => {
  const bucket = new TokenBucket(3, 1, 0)
  expect(bucket.take(0)).toBe(0)
  for (let at = 0; at < 300; at += 10) expect(bucket.take(at)).toBeGreaterThan(0)
  for (let perSecond = 1; perSecond <= 300; perSecond += 1) {
    const limited = new TokenBucket(perSecond, 1, 0)
    let at = 0.5
    for (let i = 0; i < 20; i += 1) {
      expect(limited.take(at), `${perSecond} a second, the ${i}th`).toBe(0)
      at += limited.take(at)
    }
  }
})

test('rest fills it to the burst and not beyond', () => {
  const bucket = new TokenBucket(10, 3, 0)
  for (let i = 0; i < 3; i += 1) bucket.take(0)
  const later = [0, 0, 0, 0].map(() => bucket.take(3_600_000))
  expect(later).toEqual([0, 0, 0, 100])
})

test('over a long time the rate is what was said, whenever it is asked', () => {
  const bucket = new TokenBucket(5, 20, 0)
  let passed = 0
  for (let at = 0; at <= 60_000; at += 7) if (bucket.take(at) === 0) passed += 1
  expect(passed).toBeGreaterThanOrEqual(20 + 5 * 60 - 1)
  expect(passed).toBeLessThanOrEqual(20 + 5 * 60)
})

test('a clock that is set back starves nobody, and gives no more than one burst', () => {
  const bucket = new TokenBucket(1, 3, 3_600_000)
  for (let i = 0; i < 3; i += 1) bucket.take(3_600_000)
  expect(bucket.take(0)).toBe(1_000)
  expect(bucket.take(1_000)).toBe(0)
  const back = [0, 0, 0, 0].map(() => bucket.take(3_600_000))
  expect(back.filter((waitMs) => waitMs === 0)).toHaveLength(3)
})

test('each key has a bucket of its own', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 100)
  expect([0, 0, 0].map(() => buckets.take('ada', 0))).toEqual([0, 0, 1_000])
  expect(buckets.take('bob', 0)).toBe(0)
})

test('who is forgotten is who was away longest, not who is stopped just now', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 3)
  buckets.take('mallory', 0)
  for (const name of ['ada', 'bob', 'eve', 'tom']) {
    buckets.take(name, 0)
    expect(buckets.take('mallory', 0)).toBeGreaterThan(0)
  }
})
