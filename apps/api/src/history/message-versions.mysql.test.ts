import { LIMITS } from '@parley/message-schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createVersionStore } from '../db/log/version-store.ts'
import { fillLong, LONG_BYTES } from '../testing/fill-long.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

/** More than fit into one answer. */
const EDITS = 80

let api: TestApi
let single: Pool
let ada: Actor
let roomId = ''
let seq = 0
beforeAll(async () => {
  api = await startTestApi()
  // One connection, so that what it has sent can be told.
  single = createLogPool(api.databaseUrl, 1)
  ada = await api.guest('Ada')
  roomId = (await ada.createRoom()).id
  seq = await ada.send(roomId, 'zero', { payload: { n: 0 } })
  await ada.call('PATCH', `/v1/rooms/${roomId}/messages/${seq}`, { text: 'one' })
  await ada.call('PATCH', `/v1/rooms/${roomId}/messages/${seq}`, { payload: { n: 2 } })
  const first = (await fillLong(single, roomId, ada.id, EDITS)) - EDITS + 1
  // Each of them has its number before a text as long as it may be.
  await single.query(
    `UPDATE room_event SET type = 2, ref_seq = ?, msg_no = NULL,
       data = CONCAT('{"version":', seq - ?, ',"text":"', seq - ?, ' ', REPEAT('😀', 19990), '"}')
     WHERE room_id = ? AND seq >= ?`,
    [seq, first - 3, first - 3, toBytes(roomId), first],
  )
  await single.query(
    `INSERT INTO message_version (room_id, seq, version, event_seq)
     SELECT room_id, ?, seq - ?, seq FROM room_event WHERE room_id = ? AND seq >= ?`,
    [seq, first - 3, toBytes(roomId), first],
  )
}, 60_000)
afterAll(async () => {
  await single.end()
  await api[Symbol.asyncDispose]()
})

async function bytesSent(run: () => Promise<unknown>): Promise<number> {
  const total = async (): Promise<number> => {
    const [row] = await single.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Bytes_sent'")
    return Number(row?.Value)
  }
  const before = await total()
  await run()
  return (await total()) - before
}
const all = Array.from({ length: EDITS + 3 }, (_, version) => version)

test('MySQL sends the versions that are asked for, as far as they fit, and one more for what was there before', async () => {
  const { read, bodyAt } = createVersionStore(single)
  expect(await bytesSent(() => read(roomId, seq, 40, 1))).toBeLessThan(3 * LONG_BYTES)
  expect(await bytesSent(() => read(roomId, seq, -1, 200))).toBeLessThan(LIMITS.answerBytes * 1.1)
  expect(await bytesSent(() => bodyAt(roomId, seq, 40))).toBeLessThan(2 * LONG_BYTES)
})

test('pages of them say that there is more, and each has what it did not change', async () => {
  const found: { version: number; text: string; payload?: unknown }[] = []
  for (let after = '', more = true; more;) {
    const { body } = await ada.get(`/v1/rooms/${roomId}/messages/${seq}/versions?limit=200${after}`)
    expect(Buffer.byteLength(JSON.stringify(body.data))).toBeLessThan(LIMITS.answerBytes * 1.1)
    found.push(...body.data)
    more = body.page.hasMoreAfter
    after = `&after=${body.page.after}`
  }
  expect(found.map(({ version }) => version)).toEqual(all)
  const { body } = await ada.get(`/v1/rooms/${roomId}/messages/${seq}/versions?limit=2&after=1`)
  expect(body.data).toMatchObject([{ text: 'one', payload: { n: 2 } }, { payload: { n: 2 } }])
  expect(found.slice(0, 3)).toMatchObject([
    { text: 'zero', payload: { n: 0 } },
    { text: 'one', payload: { n: 0 } },
    { text: 'one', payload: { n: 2 } },
  ])
  expect(found.at(-1)).toMatchObject({ payload: { n: 2 } })
})

test('what an edit did not change counts where it stands', async () => {
  const id = (await ada.createRoom()).id
  const long = await fillLong(single, id, ada.id, 1)
  for (let n = 0; n < 60; n += 1) {
    const edited = await ada.call('PATCH', `/v1/rooms/${id}/messages/${long}`, { payload: { n } })
    expect(edited.status).toBe(200)
  }
  const { body } = await ada.get(`/v1/rooms/${id}/messages/${long}/versions?limit=200`)
  expect(body.page.hasMoreAfter).toBe(true)
  const last = body.data.at(-1).version as number
  const next = await ada.get(`/v1/rooms/${id}/messages/${long}/versions?limit=200&after=${last}`)
  expect(next.body.data[0].version).toBe(last + 1)
  expect(next.body.data[0].text).toHaveLength(40_000)
  expect(next.body.data.at(-1).payload).toEqual({ n: 59 })
})

test('an export has all of them', async () => {
  const path = `/v1/server/rooms/${roomId}/export?versions=1`
  const { body } = await api.call('GET', path, { token: ROOT_API_KEY })
  const lines = String(body).split('\n')
  const line = JSON.parse(lines.find((one) => one.includes(`"seq":${seq},`)) ?? '')
  expect(line.versions.map(({ version }: { version: number }) => version)).toEqual(all)
  expect(line.versions[2]).toMatchObject({ text: 'one', payload: { n: 2 } })
})
