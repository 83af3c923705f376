import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf, RoomKind } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { decideAll } from './batch-outcome.ts'
import { BatchState, pairKey } from './batch-state.ts'

const roomId = randomUUID()
const start = new Date('2026-11-21T10:00:00.000Z')
const user = (id: string) => ({ id, kind: 'user' as const })
const system = { id: 'system', kind: 'system' as const }
const send = (by: string, more: Partial<LogCommandOf<'message:send'>> = {}): LogCommand => ({
  kind: 'message:send',
  actor: by === 'system' ? system : user(by),
  roomId,
  clientMsgId: randomUUID(),
  text: 'hello',
  ...more,
})
const edit = (
  by: string,
  seq: number,
  more: Partial<LogCommandOf<'message:edit'>> = {},
): LogCommand => ({
  kind: 'message:edit',
  actor: user(by),
  roomId,
  seq,
  clientMsgId: randomUUID(),
  text: 'better',
  ...more,
})

/** Ada owns it, Mo moderates, Mel is a member. */
function aRoom(roomKind: RoomKind = 'room') {
  const state = new BatchState(start)
  const decide = (command: LogCommand) => {
    const [outcome] = decideAll(state, [command])
    if (outcome === undefined) throw new Error('Nothing was decided.')
    return outcome
  }
  const run = (command: LogCommand): Record<string, unknown> => {
    const outcome = decide(command)
    if ('data' in outcome) return outcome.data as Record<string, unknown>
    const { code, retryAfterMs, details } = outcome.refusal
    return { code, ...(retryAfterMs !== undefined && { retryAfterMs }), details }
  }
  run({
    kind: 'room:create',
    roomId,
    actor: user('ada'),
    roomKind,
    name: null,
    visibility: roomKind === 'room' ? 'public' : 'private',
    topic: null,
    history: 'all',
    memberIds: ['mel'],
  })
  if (roomKind === 'room') {
    run({ kind: 'member:join', actor: user('ada'), roomId, userId: 'mo', role: 'moderator' })
  }
  const set = (change: LogCommandOf<'room:update'>['change']) =>
    run({ kind: 'room:update', actor: user('ada'), roomId, change })
  return {
    state,
    run,
    set,
    pass: (ms: number) => {
      ;(state as { now: Date }).now = new Date(state.now.getTime() + ms)
    },
    codes: (...commands: LogCommand[]) => commands.map((command) => run(command)['code']),
    last: () => state.newEvents.at(-1)?.event,
  }
}
const ok = undefined

describe('who may speak', () => {
  test('not the muted one, until the end', () => {
    const { run, codes, pass, state } = aRoom()
    const seq = run(send('mel'))['seq'] as number
    const until = new Date(start.getTime() + 60_000)
    state.members.get(pairKey(roomId, 'mel'))!.mutedUntil = until
    expect(run(send('mel'))).toEqual({ code: 'MUTED', details: { until: until.toISOString() } })
    const react: LogCommand = {
      kind: 'reaction:set',
      actor: user('mel'),
      roomId,
      seq,
      key: 'ok',
      on: true,
    }
    expect(codes(edit('mel', seq), react)).toEqual(['MUTED', 'MUTED'])
    pass(60_000)
    expect(codes(send('mel'), edit('mel', seq))).toEqual([ok, ok])
  })

  test('in a frozen room those who are exempt, in an archived one nobody', () => {
    const { set, codes } = aRoom()
    set({ frozen: true })
    expect(codes(send('mel'), send('mo'), send('ada'), send('system'))).toEqual([
      'ROOM_FROZEN',
      ok,
      ok,
      ok,
    ])
    set({ frozen: false, archived: true })
    expect(codes(send('mel'), send('mo'), send('ada'), send('system'))).toEqual([
      'ROOM_ARCHIVED',
      'ROOM_ARCHIVED',
      'ROOM_ARCHIVED',
      ok,
    ])
  })

  test('not whom the other one of a conversation has blocked', () => {
    const { state, codes } = aRoom('dm')
    state.blocked.add(`${roomId}/mel`)
    expect(codes(send('mel'), send('ada'))).toEqual(['BLOCKED', ok])
  })
})

describe('slow mode', () => {
  test('counts from the last message of each, and not for the exempt', () => {
    const { set, run, codes, pass } = aRoom()
    set({ slowModeS: 10 })
    expect(codes(send('mel'))).toEqual([ok])
    pass(4_000)
    expect(run(send('mel'))).toMatchObject({ code: 'SLOW_MODE', retryAfterMs: 6_000 })
    expect(codes(send('mo'), send('mo'), send('ada'))).toEqual([ok, ok, ok])
    pass(6_000)
    expect(codes(send('mel'))).toEqual([ok])
  })

  test('a refused message does not begin it anew, and a retry is no second message', () => {
    const { set, codes, pass, run } = aRoom()
    set({ slowModeS: 10 })
    const first = send('mel')
    run(first)
    pass(9_000)
    expect(codes(send('mel'))).toEqual(['SLOW_MODE'])
    expect(run(first)).toMatchObject({ dup: true })
    pass(1_000)
    expect(codes(send('mel'))).toEqual([ok])
  })
})

describe('what was found out before', () => {
  const refusal = { code: 'REJECTED' as const, message: 'no', details: undefined }

  test('refuses for everybody, after whatever the room says', () => {
    const { codes, state } = aRoom()
    expect(codes(send('mel', { refusal }), send('ada', { refusal }))).toEqual([
      'REJECTED',
      'REJECTED',
    ])
    expect(codes(send('eve', { refusal }))).toEqual(['NOT_MEMBER'])
    state.members.get(pairKey(roomId, 'mel'))!.mutedUntil = new Date('2030-01-01')
    expect(codes(send('mel', { refusal }))).toEqual(['MUTED'])
  })

  test('does not touch what was committed before', () => {
    const { run } = aRoom()
    const clientMsgId = randomUUID()
    const fingerprint = '0123456789abcdef'
    const { seq } = run(send('mel', { clientMsgId, fingerprint, text: 'as it was made' }))
    const retry = send('mel', { clientMsgId, fingerprint, refusal, text: 'as it was asked for' })
    expect(run(retry)).toMatchObject({ seq, dup: true })
    const other = send('mel', { clientMsgId, fingerprint: 'ffffffffffffffff' })
    expect(run(other)).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
  })
})

describe('the word list', () => {
  const rejected = { rejected: true }
  const masked = { rejected: false, text: '***', payload: { a: '***' }, report: 'Word list: bad' }

  test('is for those who are not exempt', () => {
    const { codes, run, last, state } = aRoom()
    expect(codes(send('mel', { words: rejected }))).toEqual(['REJECTED'])
    expect(codes(send('mo', { words: rejected }), send('system', { words: rejected }))).toEqual([
      ok,
      ok,
    ])
    const { seq } = run(send('mel', { text: 'bad', payload: { a: 'bad' }, words: masked }))
    expect(last()).toMatchObject({ data: { text: '***', payload: { a: '***' } } })
    expect(state.newReports).toEqual([{ roomId, seq, authorId: 'mel', note: 'Word list: bad' }])
    run(send('mo', { text: 'bad', words: masked }))
    expect(last()).toMatchObject({ data: { text: 'bad' } })
    expect(state.newReports).toHaveLength(1)
  })

  test('holds for edits', () => {
    const { run, codes, last, state } = aRoom()
    const seq = run(send('mel'))['seq'] as number
    expect(codes(edit('mel', seq, { words: rejected }))).toEqual(['REJECTED'])
    run(edit('mel', seq, { text: 'bad', words: { rejected: false, text: '***', report: 'why' } }))
    expect(last()).toMatchObject({ type: 'message:updated', data: { text: '***' } })
    expect(state.messages.get(pairKey(roomId, seq))?.body.text).toBe('***')
    expect(state.newReports).toEqual([{ roomId, seq, authorId: 'mel', note: 'why' }])
  })
})
