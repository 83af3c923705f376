import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { createLogPool, type Pool } from './connect.ts'
import { createMessageStore } from './messages/message-store.ts'
import { createRoomStore } from './rooms/room-store.ts'

let api: TestApi
let pool: Pool
let ada: Actor
let bob: Actor
let asked: { sql: string; values: unknown }[] = []

/** The same pool, noting what it is asked. */
const noting = (): Pool =>
  new Proxy(pool, {
    get(target, property) {
      if (property !== 'query') return Reflect.get(target, property)
      return (sql: string, values: unknown) => {
        asked.push({ sql, values })
        return target.query(sql, values)
      }
    },
  })

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

test('a list of rooms takes the same few queries, however many rooms there are', async () => {
  const count = async (): Promise<{ rooms: number; queries: number }> => {
    asked = []
    const query = { userId: ada.id, archived: false, after: undefined, limit: 100 }
    const { views } = await createRoomStore(noting()).listMine(query)
    return { rooms: views.length, queries: asked.length }
  }
  const openSome = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) {
      await ada.createRoom()
      const other = await api.guest(`Guest ${i}`)
      await ada.call('POST', '/v1/dms', { userIds: [other.id, ...(i % 2 === 0 ? [bob.id] : [])] })
    }
  }
  await openSome(1)
  expect(await count()).toEqual({ rooms: 2, queries: 4 })
  await openSome(9)
  expect(await count()).toEqual({ rooms: 20, queries: 4 })
})

test('the place of a page of messages is found in an index alone', async () => {
  const { id } = await ada.createRoom()
  for (let i = 0; i < 40; i += 1) await ada.send(id, `message ${i}`)
  asked = []
  const messages = createMessageStore(noting())
  expect(await messages.seqsBelow(id, 1, 30, 5)).toHaveLength(5)
  expect(await messages.seqsFrom(id, 10, 40, 5)).toHaveLength(5)
  for (const { sql, values } of asked) {
    const [plan] = await pool.query(`EXPLAIN ${sql}`, values)
    expect(plan).toMatchObject({ key: 'room_event_type', type: 'range' })
    expect(plan.Extra).toContain('Using index')
    expect(plan.Extra).not.toContain('filesort')
  }
})
