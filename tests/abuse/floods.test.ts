import { randomUUID } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { eventually } from '@parley/testkit'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { expectBounded, metricOf } from './resources.ts'
import {
  asRoot,
  call,
  cluster,
  connect,
  expectNoSecretsLogged,
  newPerson,
  newRoom,
  type Person,
} from './stage.ts'

const gateway = cluster.gateways[0] ?? ''
const path = '/socket.io/?EIO=4'
const webSocketUrl = `${gateway.replace('http', 'ws')}${path}&transport=websocket`

const times = <Value>(count: number, make: (n: number) => Value): Value[] =>
  Array.from({ length: count }, (_, n) => make(n))

const closedOf = (socket: WebSocket | Socket): Promise<void> =>
  new Promise((resolve) => {
    const listening = socket as Socket
    listening.on('error', () => undefined)
    listening.once('close', () => resolve())
  })

/** A socket below Socket.IO; of somebody who is named, once it is theirs. */
async function openRaw(person?: Person): Promise<WebSocket> {
  const socket = new WebSocket(webSocketUrl)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (data: Buffer) => {
      const text = String(data)
      if (text.startsWith('0') && person === undefined) resolve()
      else if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token: person?.token })}`)
      else if (text.startsWith('42["session:ready"')) resolve()
    })
  })
  socket.removeAllListeners('error').on('error', () => undefined)
  return socket
}

/** Writes, and waits only for its own side: whether the other side has had enough before the end. */
async function writeUntilClosed(socket: WebSocket, write: () => void): Promise<boolean> {
  let isClosed = false
  const closed = closedOf(socket).then(() => {
    isClosed = true
  })
  for (let round = 0; round < 4_000 && !isClosed; round += 1) {
    for (let n = 0; n < 100 && !isClosed; n += 1) write()
    await new Promise((resolve) => setImmediate(resolve))
    await eventually(() => expect(isClosed || socket.bufferedAmount < 4_000_000).toBe(true), {
      timeoutMs: 60_000,
    })
  }
  const wasEnough = isClosed
  socket.terminate()
  await closed
  return wasEnough
}

test('five thousand events at once, of one client', async () => {
  const person = newPerson()
  const room = await newRoom(person)
  await expectBounded(async () => {
    const socket = await connect(person)
    const emit = socket.emitWithAck.bind(socket) as (
      name: string,
      payload: unknown,
    ) => Promise<{
      ok: boolean
      error?: { code: string }
    }>
    const replies = await Promise.all(
      times(5_000, (n) => {
        if (n % 4 === 0) return emit('sync', { rooms: { [room]: 0 } })
        if (n % 4 === 1) return emit('nothing', {})
        return emit('message:send', { roomId: room, clientMsgId: randomUUID(), text: `${n}` })
      }),
    )
    const limited = replies.filter(({ error }) => error?.code === 'RATE_LIMITED')
    expect(limited.length).toBeGreaterThan(2_500)
    socket.disconnect()
  })
})

test('syncs of five hundred rooms that are not one’s own', async () => {
  await expectBounded(async () => {
    const socket = await connect(newPerson())
    const rooms = Object.fromEntries(times(500, () => [randomUUID(), 1]))
    const codes = await Promise.all(
      times(200, async () => {
        const reply = await socket.emitWithAck('sync', { rooms })
        return reply.ok ? 'ok' : reply.error.code
      }),
    )
    expect(new Set(codes)).toEqual(new Set(['ok', 'RATE_LIMITED']))
    socket.disconnect()
  })
})

test('handshakes without end, with tokens that are none', async () => {
  await expectBounded(async () => {
    const knock = async (): Promise<void> => {
      const socket = await openRaw()
      const refused = new Promise<string>((resolve) => {
        socket.once('message', (data: Buffer) => resolve(String(data)))
      })
      socket.send('40{"token":"none"}')
      expect(await refused).toContain('AUTH_INVALID')
      socket.terminate()
    }
    await Promise.all(
      times(10, async () => {
        for (let n = 0; n < 40; n += 1) await knock()
      }),
    )
  })
})

/** One byte in a while, of what never comes to its end. */
function trickle(
  at: string,
  head: string,
): { readonly closed: Promise<void>; readonly end: () => void } {
  const { hostname, port } = new URL(at)
  const socket = connectTcp(Number(port), hostname)
  socket.resume()
  const closed = closedOf(socket)
  socket.write(head)
  const timer = setInterval(() => socket.write('a'), 300)
  const end = (): void => {
    clearInterval(timer)
    socket.destroy()
  }
  void closed.then(end)
  return { closed, end }
}

test('connections that say nothing, or too little, are ended; those whose bodies trickle harm nobody', async () => {
  await expectBounded(async () => {
    const silent = await Promise.all(times(200, () => openRaw()))
    const ends = [gateway, cluster.api, cluster.url]
    const slowHeads = ends.flatMap((at) => times(30, () => trickle(at, 'GET / HTTP/1.1\r\nX: ')))
    const opened = await (await fetch(`${gateway}${path}&transport=polling`)).text()
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
    const post = (to: string) => `POST ${to} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n`
    const json = 'Content-Type: application/json\r\n\r\n'
    const slowBodies = [
      ...[cluster.api, cluster.url].flatMap((at) =>
        times(30, () => trickle(at, `${post('/v1/auth/login')}${json}`)),
      ),
      ...times(30, () => trickle(gateway, `${post(`${path}&transport=polling&sid=${sid}`)}\r\n`)),
    ]
    // A connection without a user, headers without an end: the server ends them, not this side.
    await Promise.all([...silent.map(closedOf), ...slowHeads.map(({ closed }) => closed)])
    for (const { end } of slowBodies) end()
  })
})

test.each([
  ['nobody', undefined],
  ['somebody', newPerson()],
])('%s pings without end and reads no answer', async (_, person) => {
  await expectBounded(async () => {
    const socket = await openRaw(person)
    socket.pause()
    const payload = 'x'.repeat(125)
    expect(await writeUntilClosed(socket, () => socket.ping(payload))).toBe(true)
  })
})

test('a socket that asks for much and reads nothing of it', async () => {
  const person = newPerson()
  const room = await newRoom(person)
  const said = { roomId: room, as: { kind: 'system' }, text: 'x'.repeat(20_000) }
  await call('POST', '/v1/server/messages/batch', asRoot, { messages: times(90, () => said) })
  const before = await metricOf(gateway, 'parley_slow_sessions_closed_total')
  await expectBounded(async () => {
    const socket = await openRaw(person)
    const closed = closedOf(socket)
    socket.pause()
    for (const id of times(30, (n) => n)) socket.send(`42${id}["sync",{"rooms":{"${room}":0}}]`)
    await eventually(
      async () => {
        expect(await metricOf(gateway, 'parley_slow_sessions_closed_total')).toBeGreaterThan(before)
      },
      { timeoutMs: 60_000 },
    )
    socket.terminate()
    await closed
  })
})

test('one request of polling that asks to be let in eighty thousand times', async () => {
  await expectBounded(async () => {
    const url = `${gateway}${path}&transport=polling`
    const opened = await (await fetch(url)).text()
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
    const body = times(80_000, () => '40').join('\u001E')
    await fetch(`${url}&sid=${sid}`, { method: 'POST', body }).catch(() => undefined)
    await fetch(`${url}&sid=${sid}`).catch(() => undefined)
    await eventually(async () => {
      const again = await fetch(`${url}&sid=${sid}`, { method: 'POST', body: '40' })
      expect(again.status).toBe(400)
    })
  })
})

test('a session of polling that asks without end and never polls', async () => {
  const before = await metricOf(gateway, 'parley_slow_sessions_closed_total')
  await expectBounded(async () => {
    const url = `${gateway}${path}&transport=polling`
    const opened = await (await fetch(url)).text()
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
    const post = async (body: string): Promise<number> => {
      const answer = await fetch(`${url}&sid=${sid}`, { method: 'POST', body })
      await answer.arrayBuffer()
      return answer.status
    }
    await post(`40${JSON.stringify({ token: newPerson().token })}`)
    const body = times(5_000, (n) => `42${n}["nothing"]`).join('\u001E')
    await eventually(
      async () => {
        await post(body)
        expect(await metricOf(gateway, 'parley_slow_sessions_closed_total')).toBeGreaterThan(before)
      },
      { timeoutMs: 60_000, everyMs: 250 },
    )
    expect(await post('2')).toBe(400)
  })
})

test('no secret of it is in a log', () => {
  expectNoSecretsLogged()
})
