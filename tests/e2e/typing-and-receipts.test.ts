import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact } from '@parley/message-schema'
import { eventually, startTestCluster, type TestCluster, type TestSocket } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster.stop())

/** A live socket, and what it was told of typing and reading. */
async function open(user: { token: string }, gateway: string) {
  const socket = await cluster.connect(user, { gateway })
  const typing: Fact<'typing'>[] = []
  const reads: Fact<'read:moved'>[] = []
  socket.on('typing', (fact) => typing.push(fact))
  socket.on('read:moved', (fact) => reads.push(fact))
  expect(await socket.emitWithAck('sync', {})).toMatchObject({ ok: true })
  const names = () =>
    typing.flatMap(({ users }) => users.map(({ userId, on }) => (on ? userId : `-${userId}`)))
  return { socket, typing, reads, names }
}

const type = (socket: TestSocket, roomId: string, on = true) =>
  socket.emitWithAck('typing:set', { roomId, on })

async function people(count: number) {
  const users = await Promise.all(Array.from({ length: count }, () => cluster.register()))
  const roomId = await cluster.createRoom(users)
  return { users, roomId }
}

test('the members of a room see who types, on all gateways; the typist and strangers do not', async () => {
  const { users, roomId } = await people(3)
  const [ada, bob, eve] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]]
  const stranger = await cluster.register()
  const phone = await open(ada, 'g1')
  const laptop = await open(ada, 'g3')
  const [near, far] = [await open(bob, 'g1'), await open(eve, 'g3')]
  const outside = await open(stranger, 'g1')

  const reply = await phone.socket.emitWithAck('typing:set', { roomId, on: true, threadId: 7 })
  expect(reply).toEqual({ ok: true, data: {} })
  const fact = { roomId, users: [{ userId: ada.userId, on: true, threadId: 7 }] }
  await eventually(() => expect([near.typing, far.typing]).toEqual([[fact], [fact]]))
  expect(await type(phone.socket, roomId)).toMatchObject({
    ok: false,
    error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) },
  })
  expect(await type(outside.socket, roomId)).toMatchObject({
    ok: false,
    error: { code: 'NOT_MEMBER' },
  })
  // Without an acknowledgement, as clients send it.
  phone.socket.emit('typing:set', { roomId, on: false }, undefined as never)
  // On each of their gateways somebody was told of both before them.
  await eventually(() => {
    for (const one of [near, far]) expect(one.names().at(-1)).toBe(`-${ada.userId}`)
  })
  expect([...phone.typing, ...laptop.typing, ...outside.typing]).toEqual([])
})

test('typing ends with the connection, and by itself when it is not said again', async () => {
  const { users, roomId } = await people(3)
  const [ada, bob, eve] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]]
  const [phone, other, reader] = [
    await open(ada, 'g1'),
    await open(bob, 'g2'),
    await open(eve, 'g3'),
  ]
  await type(phone.socket, roomId)
  await type(other.socket, roomId)
  await eventually(() => expect(reader.names()).toHaveLength(2))
  phone.socket.disconnect()
  await eventually(() => expect(reader.names().at(-1)).toBe(`-${ada.userId}`))
  await eventually(() => expect(reader.names().at(-1)).toBe(`-${bob.userId}`), {
    timeoutMs: 12_000,
  })
})

test('who was removed from a room is told nothing more of it', async () => {
  const { users, roomId } = await people(3)
  const [ada, bob, eve] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]]
  const [owner, removed, member] = [
    await open(ada, 'g1'),
    await open(bob, 'g2'),
    await open(eve, 'g2'),
  ]
  await cluster.leave(ada, roomId, bob.userId)
  await type(owner.socket, roomId)
  await owner.socket.emitWithAck('read:set', { roomId, upTo: 3 })
  await eventually(() => {
    expect(member.names()).toContain(ada.userId)
    expect(member.reads).toHaveLength(1)
  })
  expect(removed.typing).toEqual([])
  expect(removed.reads).toEqual([])
  expect(await type(removed.socket, roomId)).toMatchObject({ error: { code: 'NOT_MEMBER' } })
})

test('who does not want it to be seen is not seen typing', async () => {
  const { users, roomId } = await people(3)
  const [ada, bob, eve] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]]
  const [hidden, shown, reader] = [
    await open(ada, 'g1'),
    await open(bob, 'g1'),
    await open(eve, 'g2'),
  ]
  await cluster.rest('PUT', '/v1/me/prefs', { user: ada, body: { privacy: { typing: false } } })
  await eventually(
    async () => {
      const before = reader.names().length
      expect(await type(hidden.socket, roomId)).toMatchObject({ ok: true })
      await sleep(2_600)
      expect(reader.names().slice(before)).not.toContain(ada.userId)
    },
    { timeoutMs: 15_000 },
  )
  await type(shown.socket, roomId)
  await eventually(() => expect(reader.names()).toContain(bob.userId))
})

test('how far others have read is seen in the room, their counts are not; one’s own devices have both', async () => {
  const { users, roomId } = await people(2)
  const [ada, bob] = users as [(typeof users)[0], (typeof users)[0]]
  const [phone, laptop, other] = [
    await open(ada, 'g1'),
    await open(ada, 'g3'),
    await open(bob, 'g2'),
  ]
  let head = 0
  for (const text of ['one', 'two', 'three']) {
    const reply = await cluster.send(other.socket, roomId, text)
    if (reply.ok) head = reply.data.seq
  }
  const startedAt = performance.now()
  for (let upTo = head - 2; upTo <= head; upTo += 1) {
    expect(await phone.socket.emitWithAck('read:set', { roomId, upTo })).toMatchObject({ ok: true })
  }
  const seen = { roomId, userId: ada.userId, readSeq: head }
  await eventually(() => expect(other.reads.at(-1)).toEqual(seen))
  // The first at once, then one a second.
  const seconds = (performance.now() - startedAt) / 1_000
  expect(other.reads.length).toBeLessThanOrEqual(Math.ceil(seconds + 0.1))
  await eventually(() => expect(laptop.reads.at(-1)).toEqual({ ...seen, unread: 0, mentions: 0 }))
  for (const { unread } of laptop.reads) expect(unread).toBeTypeOf('number')

  // Marking as unread is nobody else's business; reading over REST is as reading over a socket.
  const before = other.reads.length
  await phone.socket.emitWithAck('read:set', { roomId, upTo: 1, mode: 'set' })
  const reply = await cluster.send(other.socket, roomId, 'four')
  const upTo = reply.ok ? reply.data.seq : 0
  await cluster.rest('PUT', `/v1/rooms/${roomId}/read`, { user: ada, body: { upTo } })
  await eventually(() =>
    expect(other.reads.slice(before)).toEqual([{ roomId, userId: ada.userId, readSeq: upTo }]),
  )
})

test('who does not want it to be seen is not seen reading', async () => {
  const { users, roomId } = await people(3)
  const [ada, bob, eve] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]]
  const body = { privacy: { readReceipts: false } }
  await cluster.rest('PUT', '/v1/me/prefs', { user: ada, body })
  const [hidden, shown, reader] = [
    await open(ada, 'g1'),
    await open(bob, 'g1'),
    await open(eve, 'g2'),
  ]
  await hidden.socket.emitWithAck('read:set', { roomId, upTo: 3 })
  await cluster.rest('PUT', `/v1/rooms/${roomId}/read`, { user: ada, body: { upTo: 4 } })
  await shown.socket.emitWithAck('read:set', { roomId, upTo: 3 })
  await eventually(() => expect(reader.reads.map(({ userId }) => userId)).toEqual([bob.userId]))
})
