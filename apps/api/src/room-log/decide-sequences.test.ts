import type { Event, LogCommand } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { decideAll, newsOf, type CommandOutcome } from './batch-outcome.ts'
import { BatchState, onceKey } from './batch-state.ts'

/** Mulberry32: a failing seed fails again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const uuid = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const ROOMS = [uuid(1), uuid(2)]
const PEOPLE = ['ada', 'bob', 'eve', 'mallory']
const ROLES = ['member', 'moderator', 'guest'] as const

/** Few ids and few people, so that retries, mix-ups and refusals are frequent. */
function randomCommand(random: (below: number) => number, heads: Map<string, number>): LogCommand {
  const pick = <Item>(list: readonly Item[]): Item => list[random(list.length)]!
  const roomId = pick(ROOMS)
  const actor = { id: pick(PEOPLE), kind: 'user' as const }
  const clientMsgId = uuid(100 + random(12))
  const seq = 1 + random((heads.get(roomId) ?? 0) + 2)
  const text = pick(['one', 'two'])
  const kind = random(12)
  if (kind < 5) {
    const mentions = random(3) === 0 ? [pick(PEOPLE), pick(PEOPLE)] : undefined
    const replyTo = random(4) === 0 ? seq : undefined
    return {
      kind: 'message:send',
      actor,
      roomId,
      clientMsgId,
      text,
      ...(mentions !== undefined && { mentions }),
      ...(replyTo !== undefined && { replyTo }),
    }
  }
  if (kind < 6) return { kind: 'message:edit', actor, roomId, clientMsgId, seq, text }
  if (kind < 7) return { kind: 'message:delete', actor, roomId, clientMsgId, seq }
  if (kind < 8)
    return { kind: 'read:set', actor, roomId, upTo: seq - 1, mode: pick(['set', 'forward']) }
  if (kind < 10) {
    const userId = pick(PEOPLE)
    return { kind: 'member:join', actor, roomId, userId, role: pick(ROLES) }
  }
  if (kind < 11) return { kind: 'member:leave', actor, roomId, userId: pick(PEOPLE) }
  return {
    kind: 'room:create',
    actor,
    roomId,
    roomKind: 'room',
    name: 'a room',
    visibility: pick(['public', 'private']),
    topic: null,
    history: pick(['all', 'since-join']),
    memberIds: PEOPLE.slice(0, random(3)),
  }
}

const eventsOf = (state: BatchState, roomId: string): Event[] =>
  state.newEvents.filter((one) => one.roomId === roomId).map(({ event }) => event)

function checkRoom(state: BatchState, roomId: string): void {
  const room = state.rooms.get(roomId)
  const events = eventsOf(state, roomId)
  if (room === undefined) {
    expect(events).toEqual([])
    return
  }
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: room.head }, (_, i) => i + 1))
  const numbers = events.flatMap(({ msgNo }) => (msgNo === undefined ? [] : [msgNo]))
  expect(numbers).toEqual(Array.from({ length: room.lastMsgNo }, (_, i) => i + 1))

  const members = new Set<string>()
  let versions = 0
  for (const event of events) {
    if (event.type === 'member:joined') {
      expect(members.has(event.data.userId), 'nobody joins twice').toBe(false)
      members.add(event.data.userId)
    } else if (event.type === 'member:left') {
      expect(members.delete(event.data.userId), 'nobody leaves who is not here').toBe(true)
    } else {
      const mayAct = event.type === 'room:updated' || members.has(event.actor.id)
      expect(mayAct, 'only members write').toBe(true)
      continue
    }
    versions += 1
  }
  expect(room.memberCount).toBe(members.size)
  expect(room.memberVersion).toBe(versions)
  const active = [...state.members].filter(
    ([key, { leftSeq }]) => key.startsWith(roomId) && leftSeq === null,
  )
  expect(active.map(([key]) => key.slice(37)).toSorted()).toEqual([...members].toSorted())
}

function checkOnce(
  commands: readonly LogCommand[],
  outcomes: readonly CommandOutcome[],
  state: BatchState,
): void {
  const first = new Map<string, Record<string, unknown>>()
  commands.forEach((command, index) => {
    const outcome = outcomes[index]!
    if (!('clientMsgId' in command) || command.clientMsgId === undefined || 'refusal' in outcome)
      return
    const data = outcome.data as Record<string, unknown>
    const key = onceKey(command.roomId, command.actor.id, command.clientMsgId)
    const before = first.get(key)
    if (before === undefined) {
      expect(data['dup'], 'the first is no repetition').toBeUndefined()
      first.set(key, data)
    } else expect(data).toEqual({ ...before, dup: true })
  })
  const keys = state.newEvents.flatMap(({ roomId, event }) =>
    event.clientMsgId === undefined ? [] : [onceKey(roomId, event.actor.id, event.clientMsgId)],
  )
  expect(new Set(keys).size, 'one event a clientMsgId').toBe(keys.length)
  expect(keys.toSorted()).toEqual([...first.keys()].toSorted())
}

test('whatever is asked in whatever order: dense numbers, true counts, one event an id', () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = randomOf(seed)
    const state = new BatchState(new Date(0))
    const commands: LogCommand[] = []
    const outcomes: CommandOutcome[] = []
    for (let step = 0; step < 120; step += 1) {
      const heads = new Map([...state.rooms].map(([roomId, { head }]) => [roomId, head]))
      const command = randomCommand(random, heads)
      const [outcome] = decideAll(state, [command])
      commands.push(command)
      outcomes.push(outcome!)
      seen.add('refusal' in outcome! ? outcome.refusal.code : command.kind)
    }
    try {
      for (const roomId of ROOMS) checkRoom(state, roomId)
      checkOnce(commands, outcomes, state)
      for (const { events, fromSeq } of newsOf(state)) {
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => fromSeq + index))
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
  // A sequence that is refused from end to end would prove nothing.
  expect([...seen].toSorted()).toEqual(
    [
      'CURSOR_AHEAD',
      'FORBIDDEN',
      'GONE',
      'IDEMPOTENCY_MISMATCH',
      'INVALID',
      'NOT_FOUND',
      'NOT_MEMBER',
      'member:join',
      'member:leave',
      'message:delete',
      'message:edit',
      'message:send',
      'read:set',
      'room:create',
    ].toSorted(),
  )
})

test('a message that is deleted leaves its body nowhere in what is still to be written', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = randomOf(seed)
    const state = new BatchState(new Date(0))
    for (let step = 0; step < 120; step += 1) {
      const heads = new Map([...state.rooms].map(([roomId, { head }]) => [roomId, head]))
      decideAll(state, [randomCommand(random, heads)])
    }
    for (const message of state.messages.values()) {
      if (message.deleted) expect(message.body).toEqual({ type: 'text', deleted: true })
      expect(message.deleted).toBe(message.deletedAt !== null)
    }
    const deleted = state.newEvents.filter(({ event }) => event.type === 'message:deleted')
    expect(state.erasedMessages.map(({ roomId, seq }) => `${roomId}/${seq}`)).toEqual(
      deleted.map(({ roomId, event }) => `${roomId}/${event.ref}`),
    )
  }
})
