import { freshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLogPool, createWriterPool, type Pool, type PoolConnection } from './connect.ts'
import { inPackets } from './packets.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: Pool
let connection: PoolConnection

beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 2)
  await pool.query('CREATE TABLE note (id INT PRIMARY KEY, text MEDIUMTEXT) ENGINE = InnoDB')
})
beforeEach(async () => {
  await pool.query('DELETE FROM note')
  connection = await pool.getConnection()
  return async () => {
    await connection.query('ROLLBACK')
    await connection.release()
  }
})
afterAll(async () => {
  await pool.end()
})

const insert = 'INSERT INTO note (id, text) VALUES (?, ?)'
const ids = async (): Promise<number[]> =>
  (await pool.query<{ id: number }[]>('SELECT id FROM note ORDER BY id')).map(({ id }) => id)

/** How many packets left, and what each carried. */
function watched(): { queries: Pick<PoolConnection, 'query'>; packets: string[] } {
  const packets: string[] = []
  const query = (sql: string, values: unknown[]) => {
    packets.push(sql)
    return connection.query(sql, values)
  }
  return { queries: inPackets({ query } as unknown as PoolConnection), packets }
}

test('what is asked in one turn is one packet, and each is answered its own', async () => {
  const { queries, packets } = watched()
  const [, one, two, rows] = await Promise.all([
    queries.query('START TRANSACTION'),
    queries.query(insert, [1, "it's; one"]),
    queries.query(insert, [2, null]),
    queries.query('SELECT id, text FROM note WHERE id IN (?, ?) ORDER BY id', [1, 2]),
    queries.query('COMMIT'),
  ])
  expect(packets).toHaveLength(1)
  expect([one.affectedRows, two.affectedRows]).toEqual([1, 1])
  expect(rows).toEqual([
    { id: 1, text: "it's; one" },
    { id: 2, text: null },
  ])
  expect(await ids()).toEqual([1, 2])
})

test('one that is alone is asked as it is', async () => {
  const { queries, packets } = watched()
  expect(await queries.query('SELECT ? AS n', [7])).toEqual([{ n: 7 }])
  expect(packets).toEqual(['SELECT ? AS n'])
})

test('the first that fails ends it: the commit behind it is not run, and all are told why', async () => {
  const { queries } = watched()
  await pool.query(insert, [2, 'there already'])
  const answers = await Promise.allSettled([
    queries.query('START TRANSACTION'),
    queries.query(insert, [1, 'a']),
    queries.query(insert, [2, 'b']),
    queries.query(insert, [3, 'c']),
    queries.query('COMMIT'),
  ])
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { errno: 1062 } })
  }
  expect(await ids()).toEqual([2])
})

test('what is too much for one packet goes statement by statement, and stops where one fails', async () => {
  const { queries, packets } = watched()
  const long = 'x'.repeat(400_000)
  await Promise.all([
    queries.query('START TRANSACTION'),
    queries.query(insert, [1, long]),
    queries.query(insert, [2, long]),
    queries.query('COMMIT'),
  ])
  expect(packets).toHaveLength(4)
  expect(await ids()).toEqual([1, 2])
  const failing = [
    queries.query('START TRANSACTION'),
    queries.query(insert, [3, long]),
    queries.query(insert, [3, long]),
    queries.query('COMMIT'),
  ]
  const answers = await Promise.allSettled(failing)
  expect(answers.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ])
  await connection.query('ROLLBACK')
  expect(await ids()).toEqual([1, 2])
})

test('only the writers of rooms may put several statements in one', async () => {
  const readers = createLogPool(database.url, 1)
  await expect(readers.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ errno: 1064 })
  await readers.end()
})
