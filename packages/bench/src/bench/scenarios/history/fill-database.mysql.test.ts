import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, type Cluster } from '@parley/local-cluster'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../../../generator/readers/reader.ts'
import { createHost } from '../../../peers/parley/host-token.ts'
import { stagePeople } from '../../../peers/parley/stage-people.ts'
import { ask, createAgent } from './ask.ts'
import { checkFill } from './check-fill.ts'
import { connect, readVariables, type Connection } from './database.ts'
import { fillDatabase } from './fill-database.ts'
import { NOWHERE, RARE, rarePlaces, textOf, type RoomFill } from './filled-messages.ts'

/** Messages that are filled in, and the first of them that are sent as well, to another room. */
const COUNT = 3_000
const SENT = 12

const dir = mkdtempSync(join(tmpdir(), 'parley-fill-'))
const agent = createAgent()
let cluster: Cluster
let connection: Connection
let people: Person[]
let sentRoom = ''
let fill: RoomFill

beforeAll(async () => {
  const host = createHost()
  const env = { ...host.env }
  cluster = await startCluster({ dir, gateways: 1, apis: 1, env: { api: env, gateway: env } })
  people = await stagePeople(
    {
      people: 3,
      rooms: [
        [0, 1, 2],
        [0, 1, 2],
      ],
    },
    { url: cluster.url, dir, host },
  )
  const { url } = cluster.info().database
  connection = await connect(url)
  sentRoom = people[0]?.rooms[0] ?? ''
  fill = {
    roomId: people[0]?.rooms[1] ?? '',
    senderIds: people.slice(0, 2).map(({ userId }) => userId),
    count: COUNT,
    firstSeq: (await headOf(people[0]?.rooms[1] ?? '')) + 1,
    firstMsgNo: 1,
    startS: Math.floor(Date.now() / 1_000) - 10_000,
    stepS: 2,
  }
  for (let k = 0; k < SENT; k += 1) await send(sentRoom, k, textOf(k, COUNT))
  const before = await readVariables(connection, 'VARIABLES', FLUSHING)
  const { signal } = new AbortController()
  await fillDatabase(url, [fill], { say: () => undefined, signal, timeoutMs: 60_000 })
  expect(await readVariables(connection, 'VARIABLES', FLUSHING)).toEqual(before)
}, 120_000)
afterAll(async () => {
  agent.destroy()
  await connection.end()
  await cluster.stop()
  rmSync(dir, { recursive: true, force: true })
})

const FLUSHING = ['innodb_flush_log_at_trx_commit', 'sync_binlog', 'innodb_buffer_pool_size']

const bytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const get = async <Answer>(person: number, path: string): Promise<Answer> =>
  JSON.parse(
    await ask({ url: cluster.url, agent, token: people[person]?.token ?? '' }, path),
  ) as Answer

async function headOf(roomId: string): Promise<number> {
  const rows = await connection.query<{ head: number }[]>(
    'SELECT head FROM room_head WHERE room_id = ?',
    [bytes(roomId)],
  )
  return rows[0]?.head ?? 0
}

/** The id of message `k`, as it was filled in. */
function idOf(k: number): string {
  const time = ((fill.startS + k * fill.stepS) * 1_000).toString(16).padStart(12, '0')
  const tail = k.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`
}

async function send(roomId: string, k: number, text: string) {
  const response = await fetch(new URL(`/v1/rooms/${roomId}/messages`, cluster.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${people[k % 2]?.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ clientMsgId: idOf(k), text }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** A message's row in one table, but for what has to differ. */
async function rowOf(table: string, roomId: string, msgNo: number): Promise<object> {
  const [row] = await connection.query<object[]>(
    `SELECT t.* FROM ${table} t JOIN room_event e ON e.room_id = t.room_id AND e.seq = t.seq
     WHERE e.room_id = ? AND e.msg_no = ?`,
    [bytes(roomId), msgNo],
  )
  return { ...row, room_id: null, seq: null, ts: null, at: null, revision: null, fingerprint: null }
}

test('a message that was filled in is the rows that the log writes of one that was sent', async () => {
  for (const msgNo of [1, 2, SENT]) {
    const sent = await rowOf('room_event', sentRoom, msgNo)
    expect(await rowOf('room_event', fill.roomId, msgNo)).toEqual(sent)
  }
  const columns = await connection.query<{ prints: number; ids: number }[]>(
    `SELECT COUNT(fingerprint) AS prints, COUNT(DISTINCT client_msg_id) AS ids
     FROM room_event WHERE room_id = ? AND type = 1`,
    [bytes(fill.roomId)],
  )
  expect(columns).toEqual([{ prints: COUNT, ids: COUNT }])
})

test('all of it is in the search index', async () => {
  const [all] = await connection.query<{ head: number; indexed: number; words: number }[]>(
    `SELECT h.head, s.indexed_to AS indexed,
       (SELECT COUNT(DISTINCT token) FROM search_block b WHERE b.room_id = h.room_id) AS words
     FROM room_head h JOIN search_room s ON s.room_id = h.room_id WHERE h.room_id = ?`,
    [bytes(fill.roomId)],
  )
  const head = fill.firstSeq + COUNT - 1
  // Of every message and of two senders, the word of all, topics, items and the rare word.
  expect(all).toEqual({ head, indexed: head, words: 1 + 2 + 1 + 100 + COUNT + 1 })
})

test('it reads through the API: dense, in order, unread and found', async () => {
  const { roomId, firstSeq, senderIds } = fill
  await checkFill({ url: cluster.url, agent, token: people[2]?.token ?? '' }, fill)
  interface Page<Item> {
    readonly data: readonly Item[]
  }
  interface Said {
    readonly seq: number
    readonly msgNo: number
    readonly data: { readonly text: string }
    readonly actor: { readonly id: string }
  }
  const all: Said[] = []
  while (all.length < COUNT) {
    const after = firstSeq - 1 + all.length
    const { data } = await get<Page<Said>>(2, `/v1/rooms/${roomId}/events?after=${after}&limit=500`)
    expect(data).not.toEqual([])
    all.push(...data)
  }
  const meant = Array.from({ length: COUNT }, (_, k) => ({
    seq: firstSeq + k,
    msgNo: k + 1,
    text: textOf(k, COUNT),
    by: senderIds[k % 2],
  }))
  expect(
    all.map(({ seq, msgNo, data, actor }) => ({ seq, msgNo, text: data.text, by: actor.id })),
  ).toEqual(meant)

  const unread = await get<Page<{ roomId: string; unread: number }>>(2, '/v1/me/unread')
  const counts = new Map(unread.data.map((room) => [room.roomId, room.unread]))
  expect([counts.get(sentRoom), counts.get(roomId)]).toEqual([SENT, COUNT])

  const found = async (q: string): Promise<number[]> => {
    const path = `/v1/search?roomId=${roomId}&q=${encodeURIComponent(q)}`
    const { data } = await get<Page<{ message: { seq: number } }>>(2, path)
    return data.map(({ message }) => message.seq)
  }
  const seqs = rarePlaces(COUNT).map((k) => firstSeq + k)
  expect(await found(RARE)).toEqual(seqs.toReversed())
  expect(await found('"note" "topic07"')).toHaveLength(20)
  expect(await found(NOWHERE)).toEqual([])
})

test('the log goes on from it, and knows it again', async () => {
  const again = await send(fill.roomId, 6, textOf(6, COUNT))
  expect(again.body).toMatchObject({ seq: fill.firstSeq + 6, msgNo: 7, dup: true })
  const other = await send(fill.roomId, 6, 'something else')
  expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
  const next = await send(fill.roomId, COUNT + 6, 'after all that')
  expect(next.body).toMatchObject({ seq: fill.firstSeq + COUNT, msgNo: COUNT + 1 })
})
