import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { decideAll } from './batch-outcome.ts'
import { BatchState, pairKey } from './batch-state.ts'

const roomId = randomUUID()
const ada = { id: 'ada', kind: 'user' as const }
const system = { id: 'system', kind: 'system' as const }
const url = 'https://example.com/a'
const preview = (more: Partial<LogCommandOf<'message:preview'>> = {}): LogCommand => ({
  kind: 'message:preview',
  actor: system,
  roomId,
  seq: 3,
  previews: [{ url, title: 'A page' }],
  ...more,
})

/** A room with one message, at seq 3. */
function aRoom(text: string, history: 'all' | 'since-join' = 'all') {
  const state = new BatchState(new Date('2026-11-21T10:00:00.000Z'))
  const run = (command: LogCommand): object => {
    const [outcome] = decideAll(state, [command])
    if (outcome === undefined) throw new Error('Nothing was decided.')
    return 'data' in outcome ? outcome.data : { refused: outcome.refusal.code }
  }
  run({
    kind: 'room:create',
    actor: ada,
    roomId,
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history,
    memberIds: [],
  })
  run({ kind: 'message:send', actor: ada, roomId, clientMsgId: randomUUID(), text })
  return { state, run, message: () => state.messages.get(pairKey(roomId, 3)) }
}

const edit = (text: string): LogCommand => ({
  kind: 'message:edit',
  actor: ada,
  roomId,
  seq: 3,
  clientMsgId: randomUUID(),
  text,
})

test('is not told of a message that somebody who came before may not see', () => {
  const { state, run } = aRoom(`see ${url}`, 'since-join')
  run({ kind: 'room:update', actor: ada, roomId, change: { history: 'all' } })
  expect(run(preview())).toEqual({ seq: 5 })
  expect(state.newEvents.at(-1)?.event.data).toMatchObject({ sealed: true })
  run({ kind: 'message:send', actor: ada, roomId, clientMsgId: randomUUID(), text: `see ${url}` })
  expect(run(preview({ seq: 6 }))).toEqual({ seq: 7 })
  expect(state.newEvents.at(-1)?.event.data).not.toHaveProperty('sealed')
})

test('lays previews over the message, and leaves its version', () => {
  const { state, run, message } = aRoom(`see ${url}`)
  expect(run(preview())).toEqual({ seq: 4 })
  expect(state.newEvents.at(-1)?.event).toMatchObject({
    seq: 4,
    type: 'message:updated',
    actor: system,
    ref: 3,
    data: { version: 0, previews: [{ url, title: 'A page' }] },
  })
  expect(message()).toMatchObject({ version: 0, editedAt: null, body: { previews: [{ url }] } })
  expect(state.newPreviews).toEqual([{ roomId, seq: 3, eventSeq: 4 }])
  expect(state.newVersions).toEqual([])
})

test('the same once more changes nothing', () => {
  const { run } = aRoom(`see ${url}`)
  run(preview())
  expect(run(preview())).toEqual({})
})

test('a link that was edited away meanwhile has no preview', () => {
  const { run, message } = aRoom(`see ${url}`)
  run(edit('nothing to see'))
  expect(run(preview())).toEqual({})
  expect(message()?.body).not.toHaveProperty('previews')
  run(edit(`again ${url}`))
  expect(run(preview())).toMatchObject({ seq: 6 })
  expect(message()).toMatchObject({ version: 2, body: { previews: [{ url }] } })
  run(edit('and away'))
  expect(message()?.body).not.toHaveProperty('previews')
})

test('nothing is laid over what was deleted, erased, or never was', () => {
  const { state, run } = aRoom(`see ${url}`)
  expect(run(preview({ seq: 2 }))).toEqual({})
  expect(run(preview({ seq: 99 }))).toEqual({})
  state.rooms.get(roomId)!.erasedTo = 3
  expect(run(preview())).toEqual({})
  state.rooms.get(roomId)!.erasedTo = 0
  run({ kind: 'message:delete', actor: ada, roomId, seq: 3, clientMsgId: randomUUID() })
  expect(run(preview())).toEqual({})
  expect(state.newPreviews).toEqual([])
})

test('only the system may', () => {
  const { run } = aRoom(`see ${url}`)
  expect(run(preview({ actor: ada }))).toEqual({ refused: 'FORBIDDEN' })
})

test('where one sees only what came after one, the event is sealed', () => {
  const { state, run } = aRoom(`see ${url}`, 'since-join')
  run(preview())
  expect(state.newEvents.at(-1)?.event.data).toMatchObject({ sealed: true })
})
