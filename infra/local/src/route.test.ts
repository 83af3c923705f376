import { expect, test } from 'vitest'
import type { AppContext } from './app-process.ts'
import { routedContext, routedReplicas, type Route } from './route.ts'

const context = {
  redisUrl: 'redis://:p%40ss@redis.example/3',
  databaseUrl: 'mysql://parley:a%2Fb@127.0.0.1:3310/parley?ssl=no',
  apiUrl: 'http://127.0.0.1:4000',
} as AppContext

/** Answers another port for every way, and remembers which. */
function recording() {
  const ways: string[] = []
  const route: Route = async (from, to, { host, port }) => {
    ways.push(`${from}>${to} ${host}:${port}`)
    return 10_000 + ways.length
  }
  return { ways, route }
}

test('a gateway is told of Redis and the API by way of the route', async () => {
  const { ways, route } = recording()
  const { redisUrl, databaseUrl, apiUrl } = await routedContext(
    route,
    { name: 'g1', port: 1 },
    context,
  )
  expect(ways).toEqual(['g1>redis redis.example:6379', 'g1>api 127.0.0.1:4000'])
  expect(redisUrl).toBe('redis://:p%40ss@127.0.0.1:10001/3')
  expect(apiUrl).toBe('http://127.0.0.1:10002')
  expect(databaseUrl).toBe(context.databaseUrl)
})

test.each(['a1', 'w1'])('%s is told of Redis and the database', async (name) => {
  const { ways, route } = recording()
  const { databaseUrl } = await routedContext(route, { name, port: 1 }, context)
  expect(ways).toEqual([`${name}>redis redis.example:6379`, `${name}>database 127.0.0.1:3310`])
  expect(databaseUrl).toBe('mysql://parley:a%2Fb@127.0.0.1:10002/parley?ssl=no')
})

test('the balancer is told of each replica', async () => {
  const { ways, route } = recording()
  const replicas = await routedReplicas(route, [
    { name: 'g1', port: 5 },
    { name: 'a2', port: 6 },
  ])
  expect(ways).toEqual(['balancer>g1 127.0.0.1:5', 'balancer>a2 127.0.0.1:6'])
  expect(replicas.map(({ port }) => port)).toEqual([10_001, 10_002])
})

test('what is encrypted goes straight, and without a route everything does', async () => {
  const { ways, route } = recording()
  const encrypted = { ...context, redisUrl: 'rediss://redis.example:1' }
  const replica = { name: 'a1', port: 1 }
  expect((await routedContext(route, replica, encrypted)).redisUrl).toBe(encrypted.redisUrl)
  expect(ways).toHaveLength(1)
  expect(await routedContext(undefined, replica, context)).toEqual(context)
})
