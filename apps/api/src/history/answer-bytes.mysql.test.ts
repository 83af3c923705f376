import { LIMITS, type Event, type SyncResult } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../db/connect.ts'
import { readEventRanges } from '../db/log/event-ranges-store.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { createExportStore } from '../db/messages/export-store.ts'
import { createUserExportStore } from '../db/users/user-export-store.ts'
import { fillLog } from '../testing/fill-log.ts'
import { fillLong, LONG_BYTES } from '../testing/fill-long.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let pool: Pool
let single: Pool
let ada: Actor
let long = ''
let short = ''
let head = 0

beforeAll(async () => {
  api = await startTestApi()
  pool = createLogPool(api.databaseUrl, 4)
  // One connection, so that what it has sent can be told.
  single = createLogPool(api.databaseUrl, 1)
  ada = await api.guest('Ada')
  long = (await ada.createRoom()).id
  short = (await ada.createRoom()).id
  head = await fillLong(pool, long, ada.id, 130)
  await fillLog(pool, short, ada.id, [['message', 300]])
}, 60_000)
afterAll(async () => {
  await pool.end()
  await single.end()
  await api[Symbol.asyncDispose]()
})

/** With the envelopes, the frames of the protocol and what is asked around it. */
const ABOUT = LIMITS.answerBytes * 1.1
const statusOf = async (name: string): Promise<number> => {
  const [row] = await single.query<{ Value: string }[]>('SHOW SESSION STATUS LIKE ?', [name])
  return Number(row?.Value)
}
async function grown(name: string, run: () => Promise<unknown>): Promise<number> {
  const before = await statusOf(name)
  await run()
  return (await statusOf(name)) - before
}
const bytesSent = (run: () => Promise<unknown>) => grown('Bytes_sent', run)
const selects = (run: () => Promise<unknown>) => grown('Com_select', run)
const seqsOf = (events: readonly { readonly seq: number }[]): number[] =>
  events.map(({ seq }) => seq)
const fromTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe('MySQL sends no more than is answered', () => {
  const seqs = fromTo(3, 132)
  const rooms = (limit: number) => ({ [long]: { after: 0, limit }, [short]: { after: 0, limit } })
  test.each([
    ['events', () => createEventStore(single).read(long, 1, head, 2_000)],
    ['ranges', () => readEventRanges(single, { rooms: rooms(2_000) })],
    [
      'whole ranges',
      () => createEventStore(single).readMany(new Map([[long, { after: 0, limit: 130 }]])),
    ],
    ['messages', () => createMessageStore(single).readFitting(long, seqs)],
    ['a page of an export', () => createExportStore(single).page(long, 1, head, 100)],
    ['messages of a person', () => createUserExportStore(single).messages(ada.id, long, 0, 500)],
  ])('of %s', async (_, read) => {
    expect(await bytesSent(read)).toBeLessThan(ABOUT)
  })

  test('and what is short costs no statement more', async () => {
    const events = createEventStore(single)
    expect(await selects(() => events.read(short, 1, 302, 200))).toBe(2)
    expect(await selects(() => readEventRanges(single, { rooms: rooms(1) }))).toBe(2)
    const some = fromTo(3, 52)
    expect(await selects(() => createMessageStore(single).readFitting(short, some))).toBe(1)
  })
})

describe('ranges for gateways', () => {
  test('go on from where they ended, to the head', async () => {
    const all: Event[] = []
    for (let reads = 0; (all.at(-1)?.seq ?? 0) < head; reads += 1) {
      expect(reads).toBeLessThan(10)
      const after = all.at(-1)?.seq ?? 0
      const { rooms } = await readEventRanges(pool, { rooms: { [long]: { after, limit: 2_000 } } })
      expect(rooms[long]?.head).toBe(head)
      all.push(...(rooms[long]?.events ?? []))
    }
    expect(seqsOf(all)).toEqual(fromTo(1, head))
  })

  test('begin in every room, and who asks for little is answered whole', async () => {
    const { rooms } = await readEventRanges(pool, {
      rooms: { [long]: { after: 0, limit: 2_000 }, [short]: { after: 0, limit: 2_000 } },
    })
    expect(rooms[short]?.events).toHaveLength(302)
    const count = rooms[long]?.events.length ?? 0
    expect(count).toBeGreaterThan(40)
    expect(count * LONG_BYTES).toBeLessThan(ABOUT)
  })
})

test('the log is read to its head in pages that say that there is more', async () => {
  const all: Event[] = []
  for (let after = 0, more = true; more;) {
    const { body } = await ada.get(`/v1/rooms/${long}/events?after=${after}&limit=2000`)
    expect(JSON.stringify(body.data).length).toBeLessThan(ABOUT)
    expect(body.data.length).toBeGreaterThan(0)
    all.push(...body.data)
    more = body.page.hasMoreAfter
    after = body.page.after
  }
  expect(seqsOf(all)).toEqual(fromTo(1, head))
})

test('a closed page is whole, whatever it weighs', async () => {
  const room = (await ada.createRoom()).id
  await fillLong(pool, room, ada.id, 260)
  const { body, headers, status } = await ada.get(`/v1/rooms/${room}/events/pages/1`)
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toContain('immutable')
  expect(seqsOf(body.data)).toEqual(fromTo(1, 256))
  expect(body.page).toEqual({ before: 1, after: 256, hasMoreBefore: false, hasMoreAfter: true })
  expect(body.head).toBe(262)
  const small = (await ada.get(`/v1/rooms/${short}/events/pages/1`)).body
  expect(Object.keys(body).toSorted()).toEqual(Object.keys(small).toSorted())
})

describe('sync', () => {
  const sync = async (rooms: Record<string, number>): Promise<SyncResult> =>
    (await ada.call('POST', '/v1/sync', { rooms })).body

  test('of what fits into no answer is a reset, and into this one no more is for the next', async () => {
    const others = [(await ada.createRoom()).id, (await ada.createRoom()).id]
    for (const id of others) await fillLong(pool, id, ada.id, 30)
    const [one = '', other = ''] = others
    const first = await sync({ [long]: 0, [one]: 0, [other]: 0, [short]: 302 })
    expect(first.rooms[long]).toEqual({ reset: true, head, reason: 'too-far' })
    expect(first.rooms[one]).toMatchObject({ from: 0, to: 32 })
    expect(first.rooms[short]).toEqual({ from: 302, to: 302, head: 302, events: [] })
    expect([first.rooms[other], first.more]).toEqual([undefined, true])
    const second = await sync({ [other]: 0 })
    expect(second.rooms[other]).toMatchObject({ from: 0, to: 32 })
    expect(second.more).toBeUndefined()
  })
})

describe('history', () => {
  const page = async (query: string) => {
    const { body } = await ada.get(`/v1/rooms/${long}/messages?limit=200${query}`)
    expect(body.data.length * LONG_BYTES).toBeLessThan(ABOUT)
    expect(body.data.length).toBeGreaterThan(40)
    return { seqs: seqsOf(body.data), page: body.page }
  }

  test.each(['before', 'after'] as const)('is read %s, each message once', async (way) => {
    const all: number[] = []
    for (let at = way === 'after' ? '&after=0' : ''; ;) {
      const { seqs, page: next } = await page(at).catch((error: unknown) => {
        // The last page holds what is left.
        if (all.length === 0) throw error
        return ada
          .get(`/v1/rooms/${long}/messages?limit=200${at}`)
          .then(({ body }) => ({ seqs: seqsOf(body.data), page: body.page }))
      })
      if (way === 'after') all.push(...seqs)
      else all.unshift(...seqs)
      if (!(way === 'after' ? next.hasMoreAfter : next.hasMoreBefore)) break
      at = `&${way}=${next[way]}`
    }
    expect(all).toEqual(fromTo(3, head))
  })

  test('around a place is what is nearest to it', async () => {
    const { seqs, page: found } = await page('&around=60')
    expect(seqs).toEqual(fromTo(seqs[0] ?? 0, seqs.at(-1) ?? 0))
    expect(Math.abs(60 - (seqs[0] ?? 0) - ((seqs.at(-1) ?? 0) - 60))).toBeLessThan(2)
    expect(found).toEqual({
      before: seqs[0],
      after: seqs.at(-1),
      hasMoreBefore: true,
      hasMoreAfter: true,
    })
  })
})

test.each([
  ['a room', () => `/v1/server/rooms/${long}/export`, 132],
  ['a person', () => `/v1/users/${ada.id}/export`, 700],
])('an export of %s goes on where a page of it was full', async (_, path, least) => {
  const { body } = await api.call('GET', path(), { token: ROOT_API_KEY })
  const lines = String(body)
    .trim()
    .split('\n')
    .map(
      (line) => JSON.parse(line) as { seq?: number; kind?: string; type?: string; roomId?: string },
    )
  expect(lines.length).toBeGreaterThanOrEqual(least)
  expect(lines.at(-1)?.kind ?? lines.at(-1)?.type).toBe('end')
  const messages = lines.filter(
    ({ kind, type, roomId = long }) => (kind ?? type) === 'message' && roomId === long,
  )
  expect(messages.map(({ seq }) => seq)).toEqual(fromTo(3, head))
})
