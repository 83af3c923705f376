import { randomUUID } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import { prepareMessages, type MessageCommand, type Prepared } from './prepare-message.ts'
import type { RoomLog, Settled } from './room-log.ts'

const roomId = randomUUID()
const send = (text: string, by = 'ada'): LogCommand => ({
  kind: 'message:send',
  actor: { id: by, kind: 'user' },
  roomId,
  clientMsgId: randomUUID(),
  text,
})
const textOf = (command: LogCommand): string => ('text' in command ? (command.text ?? '') : '')

/** Commands are prepared when the test says so: by their text. */
function aLog(settings: { deadlineMs?: number; waitingMax?: number } = {}) {
  const submitted: LogCommand[] = []
  const preparing = new Map<string, (changes: Prepared | undefined) => void>()
  const done: Settled = { outcome: { data: {} }, news: [] }
  const log: RoomLog = {
    submit: async (command) => {
      submitted.push(command)
      return done
    },
    run: async () => ({}) as never,
    idle: async () => {},
  }
  const prepare = (command: MessageCommand) => {
    if (textOf(command).startsWith('at once')) return undefined
    return new Promise<Prepared | undefined>((resolve) => preparing.set(textOf(command), resolve))
  }
  const prepared = prepareMessages(log, prepare, {
    deadlineMs: 60_000,
    waitingMax: 100,
    ...settings,
  })
  return {
    prepared,
    submitted,
    texts: () => submitted.map(textOf),
    finish: (text: string, changes?: Prepared) => preparing.get(text)?.(changes),
    isPreparing: (text: string) => preparing.has(text),
  }
}

describe('order', () => {
  test('messages of one sender in one room are submitted as they came', async () => {
    const { prepared, texts, finish, isPreparing } = aLog()
    const all = ['one', 'two', 'at once 3', 'four'].map((text) => prepared.submit(send(text)))
    expect([isPreparing('one'), isPreparing('two'), isPreparing('four')]).toEqual([
      true,
      true,
      true,
    ])
    finish('four')
    finish('two')
    finish('one')
    await Promise.all(all)
    expect(texts()).toEqual(['one', 'two', 'at once 3', 'four'])
  })

  test('others do not wait for them', async () => {
    const { prepared, texts, finish } = aLog()
    const first = prepared.submit(send('one'))
    await prepared.submit(send('at once', 'bob'))
    await prepared.submit({ kind: 'read:set', actor: { id: 'ada', kind: 'user' }, roomId, upTo: 1 })
    expect(texts()).toEqual(['at once', ''])
    finish('one')
    await first
    await prepared.submit(send('at once again'))
    expect(texts()).toEqual(['at once', '', 'one', 'at once again'])
  })

  test('what needs nothing is handed on as it is, in the same turn', () => {
    const { prepared, submitted } = aLog()
    const command = send('at once')
    void prepared.submit(command)
    expect(submitted[0]).toBe(command)
  })
})

describe('what was found out', () => {
  test('is put on the command, whose fingerprint stays that of what was asked for', async () => {
    const { prepared, submitted, finish } = aLog()
    const command = send('one')
    const settled = prepared.submit(command)
    finish('one', { text: 'changed' })
    await settled
    const fingerprint = fingerprintOf(command).toString('hex')
    expect(submitted).toEqual([{ ...command, text: 'changed', fingerprint }])
    expect(fingerprintOf(submitted[0]!)).toEqual(fingerprintOf(command))
  })

  test('too late is refused, in its place', async () => {
    const { prepared, submitted } = aLog({ deadlineMs: 5 })
    await Promise.all([prepared.submit(send('one')), prepared.submit(send('two'))])
    expect(submitted).toMatchObject([
      { text: 'one', refusal: { code: 'SERVER_BUSY' } },
      { text: 'two', refusal: { code: 'SERVER_BUSY' } },
    ])
  })

  test('more than may wait are refused at once', async () => {
    const { prepared, submitted, finish } = aLog({ waitingMax: 1 })
    const first = prepared.submit(send('one'))
    await prepared.submit(send('two', 'bob'))
    expect(submitted).toMatchObject([{ text: 'two', refusal: { code: 'SERVER_BUSY' } }])
    finish('one')
    await first
  })

  test('idle means that nothing waits any more', async () => {
    const { prepared, texts, finish } = aLog()
    void prepared.submit(send('one'))
    void prepared.submit(send('two'))
    const idle = prepared.idle()
    finish('two')
    finish('one')
    await idle
    expect(texts()).toEqual(['one', 'two'])
  })
})
