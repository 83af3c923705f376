import { randomUUID } from 'node:crypto'
import { ParleyError } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import type { MessageCommand } from '../room-log/prepare-message.ts'
import { createCheckWords } from './check-words.ts'
import { createMessageTypes } from './message-types.ts'
import { createPrepareContent, type PrepareContentPorts } from './prepare-content.ts'

const send = (more: object = {}): MessageCommand => ({
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId: randomUUID(),
  clientMsgId: randomUUID(),
  text: 'hello',
  ...more,
})
const edit = (more: object = {}): MessageCommand => {
  const { roomId, clientMsgId, actor } = send()
  return { kind: 'message:edit', actor, roomId, clientMsgId, seq: 3, text: 'new', ...more }
}
const file = {
  id: randomUUID(),
  name: 'a.png',
  mime: 'image/png',
  bytes: 10,
}

function aPreparation(more: Partial<PrepareContentPorts> = {}) {
  const asked: string[] = []
  const words = createCheckWords([{ word: 'bad', mode: 'word', action: 'mask', lookalikes: true }])
  const types = createMessageTypes([{ name: 'poll', schema: { minProperties: 1 } }], {
    compile: () => (payload) =>
      Object.keys(payload as object).length > 0 ? [] : [{ path: 'payload', problem: 'is empty' }],
    isClosed: false,
  })
  const prepare = createPrepareContent({
    lists: { areFresh: () => true, refresh: async () => {} },
    types: () => types,
    checkWords: () => words,
    typeOf: async () => {
      asked.push('type')
      return 'poll'
    },
    findAttachments: async () => {
      asked.push('files')
      return [file as never]
    },
    onlineMembers: async () => {
      asked.push('online')
      return ['bob']
    },
    beforeSend: undefined,
    ...more,
  })
  return { prepare, asked }
}

describe('at once', () => {
  test('goes what needs nothing, and what the lists can say', () => {
    const { prepare, asked } = aPreparation()
    expect(prepare(send())).toBeUndefined()
    expect(prepare(send({ text: 'bad' }))).toEqual({ words: { rejected: false, text: '***' } })
    expect(prepare(send({ type: 'poll', payload: {} }))).toMatchObject({
      refusal: { code: 'INVALID', message: 'payload: is empty' },
    })
    expect(prepare(edit({ text: 'bad' }))).toEqual({ words: { rejected: false, text: '***' } })
    expect(asked).toEqual([])
  })

  test('goes what the system says, and what was said elsewhere long ago', () => {
    const { prepare } = aPreparation({ beforeSend: () => expect.unreachable() })
    expect(prepare(send({ text: 'bad', actor: { id: 'system', kind: 'system' } }))).toBeUndefined()
    const importedAt = '2020-01-01T00:00:00.000Z'
    expect(prepare(send({ text: 'bad', importedAt }))).toBeUndefined()
  })
})

describe('after a wait', () => {
  test('files and people are known, and only where they are asked for', async () => {
    const { prepare, asked } = aPreparation()
    expect(await prepare(send({ attachments: [file.id], mentionAll: 'here' }))).toEqual({
      files: [file],
      hereIds: ['bob'],
    })
    expect(prepare(send({ mentionAll: 'room' }))).toBeUndefined()
    expect(asked).toEqual(['files', 'online'])
  })

  test('what a step refuses is put on the command', async () => {
    const { prepare } = aPreparation({
      findAttachments: async () => {
        throw new ParleyError('NOT_FOUND', { message: 'no such file', details: [1] })
      },
    })
    expect(await prepare(send({ attachments: [file.id] }))).toEqual({
      refusal: { code: 'NOT_FOUND', message: 'no such file', details: [1] },
    })
  })

  test('an edit of a payload is checked by the type of its message', async () => {
    const { prepare, asked } = aPreparation()
    expect(await prepare(edit({ payload: {} }))).toMatchObject({ refusal: { code: 'INVALID' } })
    expect(await prepare(edit({ payload: { n: 'bad' } }))).toEqual({})
    expect(asked).toEqual(['type', 'type'])
    const gone = aPreparation({ typeOf: async () => null })
    expect(await gone.prepare(edit({ payload: {} }))).toEqual({})
  })

  test('the host sees the files, and its words are looked at; but not those of a refused message', async () => {
    const seen: MessageCommand[] = []
    const { prepare } = aPreparation({
      beforeSend: async (command) => {
        seen.push(command)
        return { text: 'a bad idea' }
      },
    })
    expect(await prepare(send({ attachments: [file.id] }))).toEqual({
      files: [file],
      text: 'a bad idea',
      words: { rejected: false, text: 'a *** idea' },
    })
    expect(seen[0]).toMatchObject({ files: [file] })
    await prepare(send({ type: 'poll', payload: {} }))
    expect(seen).toHaveLength(1)
  })

  test('a payload that the host gives has to fit, also in an edit that had none', async () => {
    const { prepare } = aPreparation({
      beforeSend: async (_command, fits) => ({ text: `${fits({})} ${fits({ a: 1 })}` }),
    })
    expect(await prepare(edit())).toEqual({ text: 'false true' })
    expect(await prepare(send({ type: 'poll', payload: { a: 1 } }))).toEqual({ text: 'false true' })
  })

  test('lists are read first where they are old, and used on if they cannot be', async () => {
    let refreshed = 0
    const lists = {
      areFresh: () => false,
      refresh: async () => {
        refreshed += 1
      },
    }
    const { prepare } = aPreparation({ lists })
    expect(await prepare(send({ text: 'bad' }))).toMatchObject({ words: { text: '***' } })
    expect(refreshed).toBe(1)
    const never = aPreparation({ lists, checkWords: () => undefined })
    expect(await never.prepare(send())).toMatchObject({ refusal: { code: 'SERVER_BUSY' } })
  })
})
