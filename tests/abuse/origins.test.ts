import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  cluster,
  expectAllAlive,
  expectNoSecretsLogged,
  newPerson,
  newRoom,
  type Person,
} from './stage.ts'

const host = new URL(cluster.gateways[0] ?? '').host

/** Of a page, as its browser says it; `undefined` is a program. */
const ORIGINS: readonly (readonly [origin: string | undefined, isLetIn: boolean])[] = [
  [undefined, true],
  [`http://${host}`, true],
  ['https://evil.example', false],
  ['null', false],
  ['', false],
  ['file://', false],
  [`http://${host}.evil.example`, false],
  [`http://evil.example/${host}`, false],
  [`http://${host}@evil.example`, false],
  [`http://evil.example#${host}`, false],
  [`http://127.0.0.1:1`, false],
  ['http://localhost', false],
  ['*', false],
  [`javascript://${host}%0aalert(1)`, false],
  [`http://${host} http://evil.example`, false],
]

const upgrade = (origin: string | undefined): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://${host}/socket.io/?EIO=4&transport=websocket`, {
      headers: { ...(origin !== undefined && { origin }) },
    })
    socket.once('message', () => {
      resolve(true)
      socket.terminate()
    })
    socket.once('error', () => resolve(false))
  })

const poll = async (origin: string | undefined): Promise<boolean> => {
  const headers = { ...(origin !== undefined && { origin }) }
  return (
    (await fetch(`http://${host}/socket.io/?EIO=4&transport=polling`, { headers })).status === 200
  )
}

describe('a page that has no business here', () => {
  test.each(ORIGINS)(
    'of the origin %j opens a socket by neither transport: let in %j',
    async (origin, isLetIn) => {
      expect({ websocket: await upgrade(origin), polling: await poll(origin) }).toEqual({
        websocket: isLetIn,
        polling: isLetIn,
      })
    },
  )
})

describe('a request that a page of somebody else has made', () => {
  let person: Person
  let room: string
  beforeAll(async () => {
    person = newPerson()
    room = await newRoom(person)
  })

  /** What a form or a simple `fetch` can send without being asked for leave. */
  const SIMPLE = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ]

  test.each(SIMPLE)(
    'of the type %s does nothing with cookies, and nothing with a token either',
    async (type) => {
      const ask = (headers: Record<string, string>) =>
        fetch(`${cluster.api}/v1/rooms/${room}/messages`, {
          method: 'POST',
          headers: { 'content-type': type, origin: 'https://evil.example', ...headers },
          body: '{"text":"from elsewhere"}',
        })
      const cookie = `token=${person.token}; accessToken=${person.token}; session=${person.token}`
      expect((await ask({ cookie })).status).toBe(401)
      expect((await ask({ authorization: `Bearer ${person.token}` })).status).toBe(400)
    },
  )

  test('is given leave by no answer, whatever it asks', async () => {
    for (const origin of ['https://evil.example', 'null', `http://${host}.evil.example`]) {
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await fetch(`${cluster.api}/v1/me`, {
          method,
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          },
        })
        await answer.text()
        const allowed = answer.headers.get('access-control-allow-origin')
        expect([origin, allowed === null || (allowed !== '*' && allowed !== origin)]).toEqual([
          origin,
          true,
        ])
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      }
    }
  })
})

test('all of it leaves everybody alive, and no secret in a log', async () => {
  await expectAllAlive()
  expectNoSecretsLogged()
})
