import type { Event, ResetReason } from '@parley/message-schema'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createLogFollower } from '../log/create-log-follower.ts'
import type { Messages } from '../messages/messages.ts'
import { createStore } from '../store.ts'
import { loadChunks } from '../testing/load-chunks.ts'
import { ModelConnection } from '../testing/model-connection.ts'
import { ModelServer } from '../testing/model-server.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { createRooms } from './create-rooms.ts'
import type { Typing } from './typing.ts'

beforeAll(loadChunks)
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const PEOPLE = ['ada', 'bob', 'eve']
const NOBODY = createStore(null)

/** Follows one room, and says at once where it was not told as the contract has it. */
class Witness {
  position: number | null = null
  events = 0
  readonly #server: ModelServer
  readonly #roomId: string

  constructor(server: ModelServer, roomId: string) {
    this.#server = server
    this.#roomId = roomId
  }

  hear(events: readonly Event[]): void {
    const log = this.#server.rooms.get(this.#roomId)?.log ?? []
    for (const event of events) {
      expect(event.seq, this.#roomId).toBe((this.position ?? NaN) + 1)
      this.position = event.seq
      this.events += 1
      const stored = log[event.seq - 1]
      expect([event.type, event.actor.id, event.ts]).toEqual([
        stored?.type,
        stored?.actor.id,
        stored?.ts,
      ])
    }
  }

  reset(head: number, reason: ResetReason): void {
    this.position = reason === 'not-member' ? null : head
  }
}

function start(seed: number) {
  const random = seededRandom(seed)
  const server = new ModelServer()
  server.syncEvents = 40
  const faults = { drop: 0.05, double: 0.1, delayMs: 300 }
  const connection = new ModelConnection(server, 'ada', faults, random)
  const follower = createLogFollower({ connection, call: connection.call, random })
  const { rooms, stop } = createRooms({
    follower,
    connection,
    call: connection.call,
    people: { get: () => NOBODY },
    createContent: () => ({
      messages: {} as Messages,
      typing: {} as Typing,
      open: () => () => undefined,
    }),
    random,
  })
  server.changed = (roomId, event) => {
    if (!server.isMember(roomId, 'ada')) return
    connection.tell('room:events', { roomId, head: server.head(roomId), events: [event] })
  }
  server.added = (roomId, userId, head) => {
    if (userId === 'ada') connection.tell('room:added', { roomId, head }, true)
  }
  server.removed = (roomId, userId) => {
    if (userId === 'ada') connection.tell('room:removed', { roomId }, true)
  }
  server.read = (roomId, userId) => {
    const { readSeq = 0 } = server.rooms.get(roomId)?.parts.get(userId) ?? {}
    const counts = userId === 'ada' ? server.unread(roomId, userId) : {}
    connection.tell('read:moved', { roomId, userId, readSeq, ...counts }, true)
  }
  const beacon = setInterval(() => {
    const heads = server.roomsOf('ada').map((id): [string, number] => [id, server.head(id)])
    connection.tell('room:heads', Object.fromEntries(heads))
  }, 5_000)
  const witnesses = new Map<string, Witness>()
  const watch = (roomId: string): void => {
    const witness = new Witness(server, roomId)
    witnesses.set(roomId, witness)
    follower.get(roomId).follow({
      events: (events) => witness.hear(events),
      reset: (head, reason) => witness.reset(head, reason),
    })
  }
  const end = (): void => {
    clearInterval(beacon)
    stop()
    follower.stop()
  }
  return { random, server, connection, follower, rooms, witnesses, watch, end }
}

type World = ReturnType<typeof start>

/** Something that somebody does, or that goes wrong. */
async function act({ random, server, connection, rooms, watch }: World): Promise<void> {
  const one = <Item>(of: readonly Item[]): Item => of[Math.floor(random() * of.length)] as Item
  const roomId = one([...server.rooms.keys()])
  const members = PEOPLE.filter((name) => server.isMember(roomId, name))
  const who = members.length === 0 ? 'eve' : one(members)
  const seq = 1 + Math.floor(random() * server.head(roomId))
  const room = rooms.get(roomId)
  const dice = random()
  if (members.length === 0 || dice < 0.06) server.join(roomId, one(PEOPLE))
  else if (dice < 0.4) {
    const draft = {
      type: 'text',
      text: String(dice),
      ...(random() < 0.2 && { mentions: [one(PEOPLE)] }),
      ...(random() < 0.1 && { mentionAll: one(['room', 'here'] as const) }),
    }
    server.send(
      roomId,
      who,
      draft,
      PEOPLE.filter(() => random() < 0.5),
    )
  } else if (dice < 0.48) server.delete(roomId, who, seq)
  else if (dice < 0.52) server.edit(roomId, who, seq, 'edited')
  else if (dice < 0.55) server.rename(roomId, who, `named at ${server.head(roomId)}`)
  else if (dice < 0.58) server.setRole(roomId, who, one(PEOPLE), one(['admin', 'member']))
  else if (dice < 0.62) server.leave(roomId, who)
  else if (dice < 0.66) server.setRead(roomId, 'ada', seq, one(['forward', 'set']))
  else if (dice < 0.74) room.reading.markRead(random() < 0.5 ? undefined : seq)
  else if (dice < 0.76) await room.reading.markUnread(seq).catch(() => undefined)
  else if (dice < 0.79) connection.cut()
  else if (dice < 0.8) {
    for (let n = 0; n < 50; n += 1) server.send(roomId, 'bob', { type: 'text', text: 'again' })
  } else if (dice < 0.81 && server.rooms.size < 12) {
    const id = `room-${server.rooms.size}`
    server.create(id, one(PEOPLE), random() < 0.5)
    watch(id)
  } else if (dice < 0.815) {
    connection.restarted()
    server.restore(5)
  } else if (!connection.isOpen || dice < 0.83) connection.open()
}

function compare({ server, follower, rooms, witnesses }: World, seed: number): void {
  const mineIds = server.roomsOf('ada')
  for (const [roomId, witness] of witnesses) {
    const head = mineIds.includes(roomId) ? server.head(roomId) : null
    expect([witness.position, follower.get(roomId).position], `${seed} ${roomId}`).toEqual([
      head,
      head,
    ])
  }
  const shown = rooms.list.current.rooms.map(({ info }) => info)
  expect(shown.map(({ id }) => id).toSorted()).toEqual(mineIds.toSorted())
  let [messages, mentions] = [0, 0]
  for (const info of shown) {
    const { createdAt: _, me, ...truth } = server.describe(info.id, 'ada')
    // Where nothing is unread the server does not say how far it is read.
    const { readSeq = 0, ...mine } = me ?? {}
    const expected = { ...mine, ...(me?.unread !== 0 && { readSeq }) }
    expect(info, `${seed} ${info.id}`).toMatchObject({ ...truth, me: expected })
    expect(rooms.get(info.id).reading.mine.current).toEqual({
      readSeq: info.me?.readSeq,
      ...server.unread(info.id, 'ada'),
    })
    messages += info.me?.unread ?? 0
    mentions += info.me?.mentions ?? 0
  }
  expect(rooms.unread.current).toMatchObject({ messages, mentions })
}

test.each(Array.from({ length: 12 }, (_, n) => n + 1))(
  'whatever is lost, doubled, late or cut, each event is told once and in order, and the counts are the server’s (%i)',
  async (seed) => {
    const world = start(seed)
    const { server, connection, random } = world
    for (const id of ['a', 'b', 'c', 'd']) {
      server.create(id, PEOPLE[seed % 3] ?? 'ada', id === 'd')
      world.watch(id)
    }
    server.join('a', 'ada')
    connection.open()
    for (let step = 0; step < 400; step += 1) {
      const acting = act(world)
      await vi.advanceTimersByTimeAsync(random() ** 3 * 2_000)
      await Promise.race([acting, vi.advanceTimersByTimeAsync(1_000)])
    }
    connection.faults = { drop: 0, double: 0, delayMs: 5 }
    connection.open()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(connection.state.current.status).toBe('live')
    compare(world, seed)
    const told = [...world.witnesses.values()].reduce((sum, { events }) => sum + events, 0)
    expect(told).toBeGreaterThan(20)
    world.end()
  },
)
