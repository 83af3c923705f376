import { randomUUID } from 'node:crypto'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { LeasedHash, livingOwners, readLeased } from '@parley/server-kit'

const redis = new Redis(redisUrl())
afterAll(() => redis.quit())

const LONG = 60_000

function owners(leaseMs = LONG) {
  const prefix = `test:${randomUUID()}`
  const open = (owner: string, ownLeaseMs = leaseMs) =>
    new LeasedHash({ redis, prefix, owner, leaseMs: ownLeaseMs })
  const read = (...fields: string[]) => readLeased(redis, prefix, fields)
  return { prefix, open, read }
}

async function start(hash: LeasedHash, entries: Record<string, string> = {}) {
  await hash.replace(new Map(Object.entries(entries)), Date.now())
}

test('what several owners say of a field is read together, and what none says is absent', async () => {
  const { prefix, open, read } = owners()
  const [a, b] = [open('a'), open('b')]
  await start(a, { ada: '1', bob: '2' })
  await start(b, { ada: '3' })
  const found = await read('ada', 'bob', 'eve')
  expect(found.get('ada')?.toSorted()).toEqual(['1', '3'])
  expect(found.get('bob')).toEqual(['2'])
  expect(found.has('eve')).toBe(false)
  expect(await livingOwners(redis, prefix)).toEqual(new Set(['a', 'b']))

  await a.write(
    new Map([
      ['ada', null],
      ['eve', '4'],
    ]),
  )
  const later = await read('ada', 'eve')
  expect(later.get('ada')).toEqual(['3'])
  expect(later.get('eve')).toEqual(['4'])
})

test('an owner that does not beat is gone with all that it said; one that beats is not', async () => {
  const { prefix, open, read } = owners()
  const [dead, alive] = [open('dead', 1_500), open('alive')]
  await start(dead, { ada: '1' })
  await start(alive, { bob: '1' })
  expect((await read('ada')).size).toBe(1)
  await eventually(async () => expect((await read('ada')).size).toBe(0))
  expect((await read('bob')).size).toBe(1)
  expect(await livingOwners(redis, prefix)).toEqual(new Set(['alive']))
  expect(await dead.beat(Date.now())).toBe(false)
  expect(await alive.beat(Date.now())).toBe(true)
})

test('what was written after a loss is not taken for all that there is', async () => {
  const { prefix, open, read } = owners()
  const hash = open('a')
  await start(hash, { ada: '1', bob: '1' })
  await redis.del(`${prefix}:{a}`, `${prefix}:owners`)
  await hash.write(new Map([['bob', '2']]))
  expect(await hash.beat(Date.now())).toBe(false)
  await start(hash, { ada: '1', bob: '2' })
  expect(await hash.beat(Date.now())).toBe(true)
  expect((await read('ada', 'bob')).size).toBe(2)
})

test('nothing is ever left without an end', async () => {
  const { prefix, open } = owners(5_000)
  const hash = open('a')
  await start(hash, Object.fromEntries(Array.from({ length: 2_500 }, (_, n) => [`u${n}`, '1'])))
  await hash.write(new Map([['late', '1']]))
  await redis.del(`${prefix}:{a}`)
  await hash.write(new Map([['later', '1']]))
  for (const key of await redis.keys(`${prefix}:{*`)) {
    expect(await redis.pttl(key), key).toBeGreaterThan(0)
  }
})

test('many fields are read in pieces, and all of them', async () => {
  const { open, read } = owners()
  const entries = Object.fromEntries(Array.from({ length: 2_100 }, (_, n) => [`u${n}`, String(n)]))
  await start(open('a'), entries)
  const found = await read(...Object.keys(entries))
  expect(found.size).toBe(2_100)
  expect(found.get('u2099')).toEqual(['2099'])
})

test('who leaves stays for as long as was said', async () => {
  const { open, read } = owners()
  const hash = open('a')
  await start(hash, { ada: '1' })
  await hash.leave(100)
  await eventually(async () => expect((await read('ada')).size).toBe(0))
})
