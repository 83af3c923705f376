import { expect, test } from 'vitest'
import { Outbox, type OutboxItem } from './outbox.ts'

const item = (clientMsgId: string, roomId = 'r1'): OutboxItem => ({
  roomId,
  clientMsgId,
  text: clientMsgId,
  mentions: [],
})
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

function setUp() {
  const log: string[] = []
  const open = new Map<string, { resolve: () => void; reject: () => void }>()
  const outbox = new Outbox({
    send: ({ clientMsgId }) => {
      log.push(`send ${clientMsgId}`)
      return new Promise((resolve, reject) => {
        open.set(clientMsgId, {
          resolve: () => resolve({ seq: 1, msgNo: 1, ts: '' }),
          reject: () => reject(new Error('no')),
        })
      })
    },
    sent: ({ clientMsgId }) => log.push(`sent ${clientMsgId}`),
    failed: ({ clientMsgId }) => log.push(`failed ${clientMsgId}`),
  })
  return { outbox, log, open }
}

test('messages of a room go one after the other, rooms do not wait for each other', async () => {
  const { outbox, log, open } = setUp()
  for (const next of [item('a'), item('b'), item('c', 'r2')]) outbox.add(next)
  await turn()
  expect(log).toEqual(['send a', 'send c'])

  open.get('a')?.resolve()
  await turn()
  expect(log).toEqual(['send a', 'send c', 'sent a', 'send b'])
})

test('a failed message lets the next one go, and is tried again with the same id', async () => {
  const { outbox, log, open } = setUp()
  outbox.add(item('a'))
  outbox.add(item('b'))
  await turn()
  open.get('a')?.reject()
  await turn()
  expect(log).toEqual(['send a', 'failed a', 'send b'])

  open.get('b')?.resolve()
  expect(outbox.retry('a')).toBe(true)
  await turn()
  expect(log.at(-1)).toBe('send a')
  expect(outbox.retry('a')).toBe(false)
})
