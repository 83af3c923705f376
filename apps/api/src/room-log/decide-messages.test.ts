import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { decideAll } from './batch-outcome.ts'
import { BatchState, pairKey } from './batch-state.ts'

const roomId = randomUUID()
const user = (id: string) => ({ id, kind: 'user' as const })
const create = (more: Partial<LogCommandOf<'room:create'>> = {}): LogCommandOf<'room:create'> => ({
  kind: 'room:create',
  roomId,
  actor: user('ada'),
  roomKind: 'room',
  name: 'a room',
  visibility: 'public',
  topic: null,
  history: 'all',
  memberIds: ['bob'],
  ...more,
})
const send = (by: string, more: Partial<LogCommandOf<'message:send'>> = {}) => ({
  kind: 'message:send' as const,
  actor: user(by),
  roomId,
  clientMsgId: randomUUID(),
  text: 'hello',
  ...more,
})
const edit = (by: string, seq: number, more: Partial<LogCommandOf<'message:edit'>> = {}) => ({
  kind: 'message:edit' as const,
  actor: user(by),
  roomId,
  seq,
  clientMsgId: randomUUID(),
  text: 'better',
  ...more,
})
const erase = (by: string, seq: number, more: Partial<LogCommandOf<'message:delete'>> = {}) => ({
  kind: 'message:delete' as const,
  actor: user(by),
  roomId,
  seq,
  clientMsgId: randomUUID(),
  ...more,
})
const read = (by: string, upTo: number, mode?: 'forward' | 'set') => ({
  kind: 'read:set' as const,
  actor: user(by),
  roomId,
  upTo,
  ...(mode !== undefined && { mode }),
})
const join = (userId: string, role: 'member' | 'moderator' | 'admin' | 'guest' = 'member') => ({
  kind: 'member:join' as const,
  // Who is to be more than a member is made so by the owner.
  actor: user(role === 'moderator' || role === 'admin' ? 'ada' : userId),
  roomId,
  userId,
  role,
})
const leave = (userId: string, by = userId) => ({
  kind: 'member:leave' as const,
  actor: user(by),
  roomId,
  userId,
})

const now = new Date('2026-11-21T10:00:00.000Z')

/** A room whose log is: what it is, Ada joined, Bob joined. */
function aRoom(more: Partial<LogCommandOf<'room:create'>> = {}) {
  const state = new BatchState(now)
  const run = (command: LogCommand): Record<string, unknown> => {
    const [outcome] = decideAll(state, [command])
    if (outcome === undefined) throw new Error('Nothing was decided.')
    return 'data' in outcome
      ? (outcome.data as Record<string, unknown>)
      : { refused: outcome.refusal.code }
  }
  run(create(more))
  return {
    state,
    run,
    room: state.rooms.get(roomId)!,
    log: () => state.newEvents.map(({ event }) => event),
  }
}
const refused = (code: string) => ({ refused: code })

describe('sending', () => {
  test('each message has the next seq of the log and the next number among messages', () => {
    const { run, log, room } = aRoom()
    expect(run(send('ada'))).toEqual({ seq: 4, msgNo: 1, ts: now.toISOString() })
    run(join('eve'))
    expect(run(send('bob'))).toEqual({ seq: 6, msgNo: 2, ts: now.toISOString() })
    expect(log().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(room).toMatchObject({ head: 6, lastMsgNo: 2 })
  })

  test('a retry in the same batch makes nothing and answers what the first was answered', () => {
    const { run, log } = aRoom()
    const message = send('ada')
    const first = run(message)
    run(send('bob'))
    expect(run(message)).toEqual({ ...first, dup: true })
    expect(run({ ...message })).toEqual({ ...first, dup: true })
    expect(log()).toHaveLength(5)
  })

  test('a retry is answered also after the message was edited and deleted', () => {
    const { run, log } = aRoom()
    const message = send('ada')
    const first = run(message)
    run(edit('ada', 4))
    run(erase('ada', 4))
    expect(run(message)).toEqual({ ...first, dup: true })
    expect(log()).toHaveLength(6)
  })

  test('a retry of somebody who is no member any more is answered too: it was said, and it stays said', () => {
    const { run, log } = aRoom()
    const message = send('bob')
    const first = run(message)
    run(leave('bob', 'ada'))
    expect(run(message)).toEqual({ ...first, dup: true })
    expect(log()).toHaveLength(5)
  })

  test.each([
    ['text', { text: 'another' }],
    ['payload', { payload: { a: 1 } }],
    ['type', { type: 'poll' }],
    ['silence', { silent: true }],
    ['mentions', { mentions: ['bob'] }],
  ])(
    'an id that was used for another %s is refused: `ok` would lose what is said now',
    (_, more) => {
      const { run, log } = aRoom()
      const message = send('ada')
      run(message)
      expect(run({ ...message, ...more })).toEqual(refused('IDEMPOTENCY_MISMATCH'))
      expect(log()).toHaveLength(4)
    },
  )

  test('an id that was used for another thing is refused', () => {
    const { run } = aRoom()
    const { clientMsgId } = send('ada')
    run(send('ada', { clientMsgId }))
    expect(run(edit('ada', 4, { clientMsgId }))).toEqual(refused('IDEMPOTENCY_MISMATCH'))
    expect(run(erase('ada', 4, { clientMsgId }))).toEqual(refused('IDEMPOTENCY_MISMATCH'))
  })

  test('the same id of two people, or in two rooms, is two messages', () => {
    const { run, state } = aRoom()
    const other = randomUUID()
    decideAll(state, [create({ roomId: other })])
    const { clientMsgId } = send('ada')
    expect(run(send('ada', { clientMsgId }))).not.toHaveProperty('dup')
    expect(run(send('bob', { clientMsgId }))).not.toHaveProperty('dup')
    expect(run(send('ada', { clientMsgId, roomId: other }))).not.toHaveProperty('dup')
  })

  test.each([
    ['a public room', 'public', 'NOT_MEMBER'],
    ['a private room, which they may not know of', 'private', 'NOT_FOUND'],
  ] as const)('a stranger says nothing in %s', (_, visibility, code) => {
    const { run, log } = aRoom({ visibility })
    expect(run(send('mallory'))).toEqual(refused(code))
    expect(run(edit('mallory', 1))).toEqual(refused(code))
    expect(run(erase('mallory', 1))).toEqual(refused(code))
    expect(run(read('mallory', 0))).toEqual(refused(code))
    expect(log()).toHaveLength(3)
  })

  test('who was a member is told so, also by a private room', () => {
    const { run } = aRoom({ visibility: 'private' })
    run(leave('bob'))
    for (const command of [send('bob'), edit('bob', 4), erase('bob', 4), read('bob', 1)]) {
      expect(run(command)).toEqual(refused('NOT_MEMBER'))
    }
  })

  test('in a room that is not there nothing is found', () => {
    const { run } = aRoom()
    expect(run(send('ada', { roomId: randomUUID() }))).toEqual(refused('NOT_FOUND'))
  })

  test.each(['replyTo', 'threadId'] as const)(
    '%s names a message that the sender can see',
    (field) => {
      const { run } = aRoom({ history: 'since-join' })
      run(send('ada'))
      expect(run(send('ada', { [field]: 4 }))).toMatchObject({ seq: 5 })
      run(join('eve'))
      expect(run(send('eve', { [field]: 5 }))).toEqual(refused('INVALID'))
      expect(run(send('ada', { [field]: 2 }))).toEqual(refused('INVALID'))
      expect(run(send('ada', { [field]: 99 }))).toEqual(refused('INVALID'))
      expect(run(send('ada'))).toMatchObject({ msgNo: 3, seq: 7 })
    },
  )

  test('members are mentioned, once each, and nobody else is', () => {
    const { run, state } = aRoom()
    run(join('eve'))
    run(leave('eve'))
    run(send('ada', { mentions: ['bob', 'eve', 'mallory', 'bob'] }))
    expect(state.newMentions).toEqual([{ roomId, userId: 'bob', seq: 6, actorId: 'ada' }])
  })

  test('one does not mention oneself: a mention is something unread that names me', () => {
    const { run, state } = aRoom()
    run(send('ada', { mentions: ['ada', 'bob'] }))
    expect(state.newMentions.map(({ userId }) => userId)).toEqual(['bob'])
  })
})

describe('editing', () => {
  test('each edit is the next version, and says what it changed and nothing else', () => {
    const { run, log, state } = aRoom()
    run(send('ada', { payload: { a: 1 }, replyTo: undefined } as object))
    expect(run(edit('ada', 4))).toEqual({ seq: 5, version: 1 })
    const second = edit('ada', 4, { text: 'best' })
    expect(run(second)).toEqual({ seq: 6, version: 2 })
    expect(run(second)).toEqual({ seq: 6, version: 2, dup: true })
    expect(log().at(-1)).toMatchObject({ ref: 4, data: { version: 2, text: 'best' } })
    expect(log().at(-1)?.data).not.toHaveProperty('payload')
    const { body } = state.messages.get(pairKey(roomId, 4))!
    expect(body).toEqual({ type: 'text', text: 'best', payload: { a: 1 } })
  })

  test('nobody edits what another said, whatever their role', () => {
    const { run } = aRoom()
    run(send('bob'))
    expect(run(edit('ada', 4))).toEqual(refused('FORBIDDEN'))
  })

  test('an edit of an older version is refused, and told the version there is', () => {
    const { run, state } = aRoom()
    run(send('ada'))
    expect(run(edit('ada', 4, { ifVersion: 1 }))).toEqual(refused('CONFLICT'))
    expect(run(edit('ada', 4, { ifVersion: 0 }))).toEqual({ seq: 5, version: 1 })
    const [outcome] = decideAll(state, [edit('ada', 4, { ifVersion: 0 })])
    expect(outcome).toMatchObject({ refusal: { code: 'CONFLICT', details: { version: 1 } } })
  })

  test('a retried edit is answered also when its version is long past', () => {
    const { run } = aRoom()
    run(send('ada'))
    const first = edit('ada', 4, { ifVersion: 0 })
    run(first)
    run(edit('ada', 4))
    expect(run(first)).toEqual({ seq: 5, version: 1, dup: true })
    run(erase('ada', 4))
    expect(run(first)).toEqual({ seq: 5, version: 1, dup: true })
  })

  test('what is deleted is gone, and what is no message is not found', () => {
    const { run } = aRoom()
    run(send('ada'))
    run(erase('ada', 4))
    expect(run(edit('ada', 4))).toEqual(refused('GONE'))
    expect(run(erase('ada', 4))).toEqual(refused('GONE'))
    expect(run(edit('ada', 1))).toEqual(refused('NOT_FOUND'))
    expect(run(erase('ada', 5))).toEqual(refused('NOT_FOUND'))
    expect(run(edit('ada', 99))).toEqual(refused('NOT_FOUND'))
  })
})

describe('deleting', () => {
  test('nothing but a tombstone is left, and the log says who did it', () => {
    const { run, log, state } = aRoom()
    run(send('ada', { type: 'poll', payload: { secret: 1 } }))
    expect(run(erase('ada', 4))).toEqual({ seq: 5 })
    expect(log().at(-1)).toMatchObject({ type: 'message:deleted', ref: 4, data: {} })
    const { body } = state.messages.get(pairKey(roomId, 4))!
    expect(body).toEqual({ type: 'poll', deleted: true })
    expect(state.erasedMessages).toEqual([{ roomId, seq: 4 }])
  })

  test('a reply that is gone stays in its thread', () => {
    const { run, state } = aRoom()
    run(send('ada'))
    run(send('ada', { text: 'a reply', threadId: 4 }))
    run(erase('ada', 5))
    const { body } = state.messages.get(pairKey(roomId, 5))!
    expect(body).toEqual({ type: 'text', threadId: 4, deleted: true })
  })

  test.each([
    ['moderator', { seq: 6 }],
    ['admin', { seq: 6 }],
    ['member', refused('FORBIDDEN')],
    ['guest', refused('FORBIDDEN')],
  ] as const)('what a %s may do with the message of another: %j', (role, answer) => {
    const { run } = aRoom()
    run(send('bob'))
    run(join('eve', role))
    expect(run(erase('eve', 4))).toEqual(answer)
  })

  test('the owner moderates too, and a retry is answered the same', () => {
    const { run } = aRoom()
    run(send('bob'))
    const removal = erase('ada', 4)
    expect(run(removal)).toEqual({ seq: 5 })
    expect(run(removal)).toEqual({ seq: 5, dup: true })
  })

  test('a moderator does not delete what was said before they may see', () => {
    const { run } = aRoom({ history: 'since-join' })
    run(send('bob'))
    run(join('eve', 'moderator'))
    expect(run(erase('eve', 4))).toEqual(refused('NOT_FOUND'))
  })
})

describe('the read cursor', () => {
  test('a forward move never goes back, a set does', () => {
    const { run, state } = aRoom()
    run(send('ada'))
    run(send('ada'))
    expect(run(read('bob', 5))).toEqual({ readSeq: 5 })
    expect(run(read('bob', 4))).toEqual({ readSeq: 5 })
    expect(run(read('bob', 4, 'forward'))).toEqual({ readSeq: 5 })
    expect(run(read('bob', 3, 'set'))).toEqual({ readSeq: 3 })
    expect(run(read('bob', 0, 'set'))).toEqual({ readSeq: 0 })
    expect(state.members.get(pairKey(roomId, 'bob'))?.readSeq).toBe(0)
  })

  test('it stays inside the log, and says where that ends', () => {
    const { state, run } = aRoom()
    const [outcome] = decideAll(state, [read('bob', 4)])
    expect(outcome).toMatchObject({ refusal: { code: 'CURSOR_AHEAD', details: { head: 3 } } })
    expect(run(read('bob', 4, 'set'))).toEqual(refused('CURSOR_AHEAD'))
    expect(run(read('bob', 3))).toEqual({ readSeq: 3 })
  })

  test('one that does not move is not written', () => {
    const { run, state } = aRoom()
    run(read('bob', 1))
    expect([...state.changedReads]).toEqual([])
    run(send('ada'))
    run(read('bob', 4))
    expect([...state.changedReads]).toEqual([pairKey(roomId, 'bob')])
  })
})

test('a refusal changes nothing and touches no other command of the batch', () => {
  const { state, room } = aRoom()
  const before = { ...room }
  const outcomes = decideAll(state, [
    send('mallory'),
    send('ada', { replyTo: 99 }),
    edit('ada', 1),
    read('bob', 99),
    send('ada'),
  ])
  expect(outcomes.map((outcome) => ('refusal' in outcome ? outcome.refusal.code : 'ok'))).toEqual([
    'NOT_MEMBER',
    'INVALID',
    'NOT_FOUND',
    'CURSOR_AHEAD',
    'ok',
  ])
  expect(room).toEqual({ ...before, head: 4, lastMsgNo: 1 })
})
