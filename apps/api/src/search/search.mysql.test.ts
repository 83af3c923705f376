import { eventually } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { readPlaces } from '../db/search/place-list.ts'
import { createSearchSource } from '../db/search/search-source.ts'
import { createSearchTodo } from '../db/search/search-todo.ts'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { startTestWorker } from '../testing/test-worker.ts'
import { createIndexRooms } from './index-ranges.ts'
import { matchText } from './match-text.ts'
import { parseQuery } from './parse-query.ts'

let api: TestApi
let pool: Pool
let ada: Actor
let bob: Actor

beforeAll(async () => {
  api = await startTestApi()
  pool = createLogPool(api.databaseUrl, 4)
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
})
afterAll(async () => {
  await pool.end()
  await api[Symbol.asyncDispose]()
})

const todo = () => createSearchTodo(pool)
const indexNow = async (): Promise<void> => {
  await todo().markAll()
  const ports = {
    source: createSearchSource(pool),
    index: createMysqlSearchIndex(pool),
    todo: todo(),
  }
  await createIndexRooms(ports)(new AbortController().signal)
}

/** As if nothing had ever been indexed. */
async function forgetAll(): Promise<void> {
  for (const table of ['search_block', 'search_run', 'search_room']) {
    await pool.query(`DELETE FROM ${table}`)
  }
}

interface Shown {
  readonly message: {
    readonly roomId: string
    readonly seq: number
    readonly text: string
    readonly ts: string
  }
  readonly highlights: [number, number][]
}

const search = (actor: Actor, query: Record<string, string>) =>
  actor.get(`/v1/search?${new URLSearchParams(query).toString()}`)

async function found(actor: Actor, query: Record<string, string>): Promise<Shown[]> {
  const answer = await search(actor, query)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body.data as Shown[]
}
const texts = async (actor: Actor, query: Record<string, string>): Promise<string[]> =>
  (await found(actor, query)).map(({ message }) => message.text)

describe('a search', () => {
  test('finds words of all of one’s rooms, newest first, and marks them', async () => {
    const one = (await ada.createRoom()).id
    const other = (await ada.createRoom()).id
    await ada.send(one, 'The Café is open 🎉')
    await ada.send(other, 'no café today')
    await ada.send(one, '明天去咖啡館')
    await indexNow()
    const all = await found(ada, { q: 'CAFE' })
    expect(all.map(({ message }) => message.text).toSorted()).toEqual([
      'The Café is open 🎉',
      'no café today',
    ])
    for (const { message, highlights } of all) {
      expect(
        highlights.map(([start, end]) => message.text.slice(start, end).toLowerCase()),
      ).toEqual(['café'])
    }
    expect(await texts(ada, { q: '咖啡' })).toEqual(['明天去咖啡館'])
    expect(await texts(ada, { q: 'cafe', roomId: other })).toEqual(['no café today'])
    expect(await texts(bob, { q: 'cafe' })).toEqual([])
  })

  test('finds what an edit says now, and never what was deleted', async () => {
    const room = (await ada.createRoom()).id
    const kept = await ada.send(room, 'elephants remember')
    const gone = await ada.send(room, 'elephants forget')
    await indexNow()
    const path = (seq: number) => `/v1/rooms/${room}/messages/${seq}`
    await ada.call('PATCH', path(kept), { text: 'giraffes remember' })
    await ada.call('DELETE', path(gone))
    // Before the index knows.
    expect(await texts(ada, { q: 'elephants' })).toEqual([])
    await indexNow()
    expect(await texts(ada, { q: 'elephants' })).toEqual([])
    expect(await texts(ada, { q: 'giraffes' })).toEqual(['giraffes remember'])
    const left = await pool.query<{ n: number }[]>(
      `SELECT COUNT(*) AS n FROM search_block WHERE token LIKE 'elephant%'`,
    )
    expect(left[0]?.n).toBe(0)
  })

  test('finds what was said, edited or deleted a moment ago, though nobody has indexed it', async () => {
    const room = (await ada.createRoom()).id
    await bob.join(room)
    const path = (seq: number) => `/v1/rooms/${room}/messages/${seq}`
    const old = await ada.send(room, 'axolotl in the index')
    const gone = await ada.send(room, 'axolotl that goes')
    await indexNow()
    await ada.send(room, 'axolotl of late')
    const edited = await ada.send(room, 'newt')
    expect(await texts(bob, { q: 'axolotl' })).toEqual([
      'axolotl of late',
      'axolotl that goes',
      'axolotl in the index',
    ])
    await ada.call('PATCH', path(edited), { text: 'axolotl, formerly newt' })
    await ada.call('PATCH', path(old), { text: 'salamander' })
    await ada.call('DELETE', path(gone))
    expect(await texts(bob, { q: 'axolotl' })).toEqual([
      'axolotl, formerly newt',
      'axolotl of late',
    ])
    expect(await texts(bob, { q: 'salamander' })).toEqual(['salamander'])
    expect(await texts(bob, { q: 'axolotl', from: bob.id })).toEqual([])
    const pages = [await search(bob, { q: 'axolotl', limit: '1' })]
    const cursor = pages[0]?.body.page.after as string
    await indexNow()
    pages.push(await search(bob, { q: 'axolotl', limit: '1', cursor }))
    const shown = pages.flatMap(({ body }) =>
      (body.data as Shown[]).map(({ message }) => message.text),
    )
    expect(shown).toEqual(['axolotl, formerly newt', 'axolotl of late'])
  })

  test('shows nothing to who has left, nor what was said before one came', async () => {
    const room = (await ada.createRoom({ history: 'since-join' })).id
    await ada.send(room, 'secret zebra')
    await bob.join(room)
    await ada.send(room, 'public zebra')
    await indexNow()
    expect(await texts(bob, { q: 'zebra' })).toEqual(['public zebra'])
    expect(await texts(ada, { q: 'zebra' })).toEqual(['public zebra', 'secret zebra'])
    await bob.leave(room)
    expect(await texts(bob, { q: 'zebra' })).toEqual([])
    expect((await search(bob, { q: 'zebra', roomId: room })).body.code).toBe('NOT_MEMBER')
    const hidden = (await ada.createRoom({ visibility: 'private' })).id
    expect((await search(bob, { q: 'zebra', roomId: hidden })).body.code).toBe('NOT_FOUND')
  })

  test('is filtered by person, thread, time, links', async () => {
    const room = (await ada.createRoom()).id
    await bob.join(room)
    const root = await ada.send(room, 'walrus root')
    await bob.send(room, 'walrus https://example.com', { threadId: root })
    await ada.send(room, 'walrus three')
    await indexNow()
    expect(await texts(ada, { q: 'walrus', from: bob.id })).toEqual(['walrus https://example.com'])
    expect(await texts(ada, { q: 'walrus', has: 'link' })).toEqual(['walrus https://example.com'])
    expect(await texts(ada, { q: 'walrus', has: 'file,link' })).toEqual([])
    expect(await texts(ada, { q: '', threadId: String(root), roomId: room })).toHaveLength(1)
    expect(await texts(ada, { q: '', from: bob.id, roomId: room })).toHaveLength(1)
    expect(await texts(ada, { q: 'walrus', before: '2020-01-01' })).toEqual([])
    expect(await texts(ada, { q: 'walrus', after: '2020-01-01T00:00:00Z' })).toHaveLength(3)
    expect((await search(ada, { q: '+++' })).body.code).toBe('INVALID')
    expect((await search(ada, { q: 'x', cursor: 'nonsense' })).body.code).toBe('INVALID')
    expect((await search(ada, { q: 'x'.repeat(401) })).status).toBe(400)
  })

  test.each([
    `' OR '1'='1`,
    `walrus') OR 1=1 -- `,
    '+walrus -three',
    'walrus*',
    '@walrus ~ <three> (x',
    '%',
    '\\',
    '\u0000\u0001*',
    '"""',
  ])('takes %j as text', async (q) => {
    const answer = await search(ada, { q })
    expect([200, 400]).toContain(answer.status)
    for (const { message } of (answer.body.data ?? []) as Shown[]) {
      expect(matchText(parseQuery(q), [message.text])).not.toBeNull()
    }
  })
})

/** A small generator with a seed: the same run every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const WORDS =
  'a an ant anchor meet meeting met café Straße 会议 会议室 明天 東京 タワー 회의 회의를 🎉 👩‍👩‍👧 v1.2 naïve 天'.split(
    ' ',
  )

describe.each([1, 2, 3])('with seed %i', (seed) => {
  test('results are those of a look at every message', { timeout: 120_000 }, async () => {
    const random = createRandom(seed)
    const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
    const some = (count: number): string =>
      Array.from({ length: count }, () => pick(WORDS)).join(pick([' ', '', ', ']))
    const users = [await api.guest('one'), await api.guest('two'), await api.guest('three')]
    const rooms: string[] = []
    for (let n = 0; n < 6; n += 1) {
      const owner = pick(users)
      rooms.push((await owner.createRoom({ history: pick(['all', 'since-join']) })).id)
    }
    for (let n = 0; n < 150; n += 1) {
      const user = pick(users)
      const room = pick(rooms)
      const act = random(12)
      if (act === 0) await user.call('PUT', `/v1/rooms/${room}/members/${user.id}`)
      else if (act === 1) await user.call('DELETE', `/v1/rooms/${room}/members/${user.id}`)
      else if (act === 2) {
        const seq = 2 + random(30)
        await user.call('DELETE', `/v1/rooms/${room}/messages/${seq}`)
      } else if (act === 3) {
        const seq = 2 + random(30)
        await user.call('PATCH', `/v1/rooms/${room}/messages/${seq}`, { text: some(3) })
      } else {
        const text = some(1 + random(5))
        await user.call('POST', `/v1/rooms/${room}/messages`, { text })
      }
      if (n === 80) await indexNow()
    }
    await indexNow()
    for (let n = 0; n < 40; n += 1) {
      const user = pick(users)
      const word = pick(WORDS)
      const q = pick([
        word,
        word.slice(0, 2),
        some(2),
        `"${some(2)}"`,
        pick(['an', 'me', '会', '🎉']),
      ])
      const parsed = parseQuery(q.toWellFormed())
      if (parsed.phrases.length === 0) continue
      const expected: string[] = []
      for (const room of rooms) {
        const { status, body } = await user.get(`/v1/rooms/${room}/messages?limit=200`)
        if (status !== 200) continue
        for (const message of body.data as Shown['message'][]) {
          if (message.text !== null && matchText(parsed, [message.text]) !== null) {
            expected.push(`${room}/${message.seq}`)
          }
        }
      }
      const results: string[] = []
      const times: number[] = []
      const limit = String(1 + random(20))
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await search(user, {
          q: q.toWellFormed(),
          limit,
          ...(cursor !== '' && { cursor }),
        })
        results.push(
          ...(body.data as Shown[]).map(({ message }) => `${message.roomId}/${message.seq}`),
        )
        for (const { message } of body.data as Shown[]) {
          times.push(Math.floor(Date.parse(message.ts) / 1_000))
        }
        cursor = body.page.hasMoreAfter ? body.page.after : null
      }
      expect(results.toSorted(), q).toEqual(expected.toSorted())
      expect(times, q).toEqual(times.toSorted((one, other) => other - one))
      expect(new Set(results).size).toBe(results.length)
    }
  })
})

test('a cursor stays where it is while more is said, in a room that one leaves too', async () => {
  const room = (await ada.createRoom()).id
  const other = (await ada.createRoom()).id
  for (let n = 0; n < 4; n += 1) await ada.send(room, `ibis ${n}`)
  for (let n = 0; n < 3; n += 1) await ada.send(other, `ibis other ${n}`)
  await indexNow()
  const all = await texts(ada, { q: 'ibis' })
  const first = (await search(ada, { q: 'ibis', limit: '3' })).body
  // Places are told apart by the second: of the same one, something new may still come behind.
  const secondOf = (): number => Math.floor(Date.now() / 1_000)
  const before = secondOf()
  await eventually(() => expect(secondOf()).toBeGreaterThan(before))
  await ada.send(room, 'ibis of late')
  await indexNow()
  const second = await texts(ada, { q: 'ibis', limit: '10', cursor: first.page.after as string })
  expect([...(first.data as Shown[]).map(({ message }) => message.text), ...second]).toEqual(all)
})

test('beginnings of many words are found', async () => {
  const eve = await api.guest('Eve')
  const rooms = (await eve.createRoom()).id
  for (let n = 0; n < 60; n += 1) await eve.send(rooms, `quokka${n} and quokka${n}x`)
  await indexNow()
  const found = await texts(eve, { q: 'quokka', limit: '100' })
  expect(found).toHaveLength(60)
  expect(await texts(eve, { q: 'quokka5 and', limit: '100' })).toEqual(['quokka5 and quokka5x'])
})

test('a worker indexes what is said, and again all that a rebuild asks for', async () => {
  const env = { JOBS_PREFIX: `search-${process.pid}` }
  await using worker = await startTestWorker(api.databaseUrl, env)
  const room = (await ada.createRoom()).id
  await ada.send(room, 'okapi')
  await forgetAll()
  await todo().markAll(room)
  const words = () =>
    pool.query<unknown[]>("SELECT 1 FROM search_block WHERE room_id = ? AND token = 'okapi'", [
      toBytes(room),
    ])
  await eventually(async () => expect(await words()).toHaveLength(1), {
    // A rebuild is noted in MySQL only: a worker looks there every few seconds.
    timeoutMs: 20_000,
  })
  expect(await (await fetch(`${worker.url}/metrics`)).text()).toMatch(
    /parley_search_lag_seconds_count/u,
  )
})

test('indexing twice, in pieces, by two at once, or after the end of one ends the same', async () => {
  const dump = async () => {
    const rows = await pool.query<
      { room_id: Buffer; token: Buffer; at: number; seq: number; places: Buffer }[]
    >('SELECT room_id, token, at, seq, places FROM search_block')
    return rows
      .flatMap((row) =>
        readPlaces(row.places, row).map(
          ({ at, seq }) =>
            `${row.room_id.toString('hex')} ${row.token.toString('hex')} ${at} ${seq}`,
        ),
      )
      .toSorted()
  }
  await indexNow()
  const before = await dump()
  await Promise.all([indexNow(), indexNow()])
  expect(await dump()).toEqual(before)
  await forgetAll()
  await indexNow()
  expect(await dump()).toEqual(before)
  expect(await todo().waiting()).toMatchObject({ rooms: 0 })
})

test('a doc of an earlier revision does not come back over a later one', async () => {
  const room = (await ada.createRoom()).id
  const seq = await ada.send(room, 'pelican')
  await indexNow()
  const index = createMysqlSearchIndex(pool)
  const doc = {
    roomId: room,
    seq,
    at: 1,
    senderId: ada.id,
    hasFile: false,
    hasLink: false,
    fields: ['pelican'],
  }
  await index.remove([{ roomId: room, seq, revision: seq + 2 }])
  await index.index([{ ...doc, revision: seq + 1 }])
  expect(await texts(ada, { q: 'pelican' })).toEqual([])
  const tokens = await pool.query<unknown[]>(
    "SELECT 1 FROM search_block WHERE room_id = ? AND token = 'pelican'",
    [toBytes(room)],
  )
  expect(tokens).toHaveLength(0)
})
