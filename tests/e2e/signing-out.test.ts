import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import jwt from 'jsonwebtoken'
import type { Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SECRET = 'a shared secret of the shop and us'
const HOST = { HOST_JWT_SECRET: SECRET, HOST_JWT_ISSUER: 'shop.example' }

let cluster: TestCluster
let backend: { token: string }
beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 2, apis: 2, env: { api: HOST, gateway: HOST } })
  backend = { token: readFileSync(join(cluster.dir, 'secrets', 'root-api-key'), 'utf8') }
})
afterAll(() => cluster.stop())

const hostToken = (sub: string, iat: number): string =>
  jwt.sign({ sub, iat, iss: 'shop.example', aud: 'parley' }, SECRET, { expiresIn: 600 })
const nowS = (): number => Math.floor(Date.now() / 1_000)
const ending = (socket: unknown): Promise<{ code: string }> =>
  new Promise((resolve) => {
    ;(socket as Socket).once('session:end', resolve)
  })

test('a backend signs a user of its own out: living sockets end, later ones with old tokens too', async () => {
  const old = hostToken('shop|7', nowS() - 60)
  const sockets = [
    await cluster.connect({ token: old }, { gateway: 'g1' }),
    await cluster.connect({ token: old }, { gateway: 'g2' }),
  ]
  const ends = sockets.map(ending)
  await cluster.rest('POST', '/v1/users/shop%7C7/revoke-tokens', { user: backend })
  for (const end of ends) expect(await end).toMatchObject({ code: 'AUTH_REVOKED' })

  let end: Promise<{ code: string }> | undefined
  const prepare = (socket: unknown): void => {
    end = ending(socket)
  }
  // It is ended before it is ready, or right after.
  await cluster.connect({ token: old }, { prepare, timeoutMs: 1_000 }).catch(() => undefined)
  expect(await end).toMatchObject({ code: 'AUTH_REVOKED' })
  const fresh = await cluster.connect({ token: hostToken('shop|7', nowS() + 2) })
  expect(fresh.connected).toBe(true)
})

test('somebody ends all sign-ins but this one', async () => {
  const alice = await cluster.register()
  const login = (await cluster.rest('POST', '/v1/auth/login', {
    body: { username: alice.username, password: alice.password },
  })) as { accessToken: string }
  const others = [
    await cluster.connect(alice, { gateway: 'g1' }),
    await cluster.connect(alice, { gateway: 'g2' }),
  ]
  const here = await cluster.connect({ token: login.accessToken }, { gateway: 'g2' })
  const ends = others.map(ending)
  await cluster.rest('DELETE', '/v1/me/sessions', { user: { token: login.accessToken } })
  for (const end of ends) expect(await end).toMatchObject({ code: 'AUTH_REVOKED' })
  expect(await here.emitWithAck('sync', {})).toMatchObject({ ok: true })
})

test('who is erased is gone from everywhere, and everybody is told', async () => {
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom([alice, bob])
  const [reader, leaving] = [await cluster.connect(alice), await cluster.connect(bob)]
  const sent = await cluster.send(leaving, room, 'what I said')
  expect(sent).toMatchObject({ ok: true })
  const seen: string[] = []
  const told = new Promise<void>((resolve) => {
    reader.on('room:events', ({ events }) => {
      seen.push(...events.map(({ type }) => type))
      if (seen.includes('message:deleted') && seen.includes('member:left')) resolve()
    })
  })
  const end = ending(leaving)
  await cluster.rest('DELETE', `/v1/users/${bob.userId}`, { user: backend })
  expect(await end).toMatchObject({ code: 'AUTH_REVOKED' })
  await told
})
