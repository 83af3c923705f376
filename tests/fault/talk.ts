import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ResumingClient, TestCluster } from '@parley/testkit'

export interface Talk {
  readonly rooms: readonly string[]
  readonly clients: readonly ResumingClient[]
}

/** Everybody in two rooms, in turn on the gateways, by WebSocket. */
export async function gather(cluster: TestCluster, count: number): Promise<Talk> {
  const users = await Promise.all(Array.from({ length: count }, () => cluster.register()))
  const rooms = [await cluster.createRoom(users), await cluster.createRoom(users)]
  const gateways = cluster.info().gateways.map(({ name }) => name)
  const clients = users.map((user, n) =>
    cluster.resumingClient(user, rooms, { gateway: gateways[n % gateways.length] ?? 'g1' }),
  )
  await Promise.all(clients.map((client) => client.ready()))
  return { rooms, clients }
}

/** Everybody talks, one message after the other, until `done`. Answers how many were acknowledged. */
export async function talkUntil({ rooms, clients }: Talk, done: Promise<unknown>): Promise<number> {
  const talking = new AbortController()
  const end = done.finally(() => talking.abort())
  const counts = await Promise.all(
    clients.map(async (client, index) => {
      let n = 0
      for (; !talking.signal.aborted; n += 1) {
        await client.send(rooms[n % rooms.length] ?? '', `${randomUUID()}: ${index} says ${n}`)
        await sleep(20)
      }
      return n
    }),
  )
  await end
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What all series of a metric add up to, of processes that live. */
export async function readMetric(
  replicas: readonly { readonly url: string; readonly pid: number | null }[],
  name: string,
): Promise<number> {
  const pages = await Promise.all(
    replicas
      .filter(({ pid }) => pid !== null)
      .map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
  )
  const series = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gmu')
  const values = pages.flatMap((page) =>
    Array.from(page.matchAll(series), ([, value]) => Number(value)),
  )
  return values.reduce((sum, value) => sum + value, 0)
}
