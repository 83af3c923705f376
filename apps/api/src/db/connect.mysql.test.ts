import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createLogPool, createPrisma, createWriterPool } from './connect.ts'

/** A way to the database on which connections end when the client says `word`, `times` times. */
async function endAt(word: string, times: number) {
  const { hostname, port } = new URL(inject('databaseUrl') as string)
  let left = times
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    const end = (): void => {
      client.destroy()
      server.destroy()
    }
    client.on('data', (bytes) => {
      if (left > 0 && bytes.includes(word)) {
        left -= 1
        return end()
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => client.write(bytes))
    for (const socket of [client, server]) socket.on('error', end).on('close', end)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  const url = new URL(inject('databaseUrl') as string)
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return { url: url.href, ended: () => times - left }
}

// That nothing is thrown past all that could catch it is seen by the runner itself: it fails the run.
test.each(['time_zone', 'mysql_native_password'])(
  'connections that end at %s while they are made fail what waits for them, not the process',
  async (word) => {
    for (const create of [createPrisma, createLogPool]) {
      const way = await endAt(word, 3)
      const database = create(way.url, 2)
      const ask = () =>
        '$queryRawUnsafe' in database
          ? database.$queryRawUnsafe('SELECT 1 AS one')
          : database.query('SELECT 1 AS one')
      await expect.poll(() => ask().catch(() => []), { timeout: 20_000 }).toHaveLength(1)
      expect(way.ended()).toBe(3)
      await ('$disconnect' in database ? database.$disconnect() : database.end())
    }
  },
)

test('on every connection the server waits for a word for seconds, not hours', async () => {
  const sql = 'SELECT @@SESSION.wait_timeout AS seconds'
  const url = inject('databaseUrl') as string
  const answers: unknown[] = []
  for (const create of [createLogPool, createWriterPool]) {
    const pool = create(url, 1)
    answers.push(...(await pool.query<unknown[]>(sql)))
    await pool.end()
  }
  const prisma = createPrisma(url, 1)
  answers.push(...(await prisma.$queryRawUnsafe<unknown[]>(sql)))
  await prisma.$disconnect()
  expect(answers.map((row) => Number((row as { seconds: unknown }).seconds))).toEqual([15, 15, 15])
})
