import { expect, test } from 'vitest'
import { createNoteRanges, type MovedRoom, type NewCursor } from './note-ranges.ts'
import type { WebhookSettings } from './webhook-settings.ts'

const webhook = (id: string, more: Partial<WebhookSettings> = {}): WebhookSettings => ({
  id,
  url: 'https://example.com/',
  secrets: [],
  events: null,
  roomIds: null,
  startsAt: new Date(0),
  isDisabled: false,
  isOnHold: false,
  ...more,
})

/** A store of cursors in memory; events up to `old` of every room are from before. */
function begin(webhooks: WebhookSettings[], old: number) {
  const cursors = new Map<string, NewCursor>()
  const woken: string[] = []
  const nameOf = ({ webhookId, roomId }: MovedRoom): string => `${webhookId}/${roomId}`
  const consumer = createNoteRanges({
    store: {
      webhooks: async () => webhooks,
      extend: async (moved) => moved.filter((one) => !cursors.has(nameOf(one))),
      lastBefore: async (_, seq) => Math.min(seq, old),
      create: async (fresh) => fresh.forEach((one) => cursors.set(nameOf(one), one)),
    },
    wake: async (rooms) => void woken.push(...[...rooms].map(([id, count]) => `${id} ${count}`)),
  })
  return { consume: consumer.consume, cursors, woken }
}

test('begins behind what is from before, whatever range is seen first', async () => {
  for (const fromSeq of [1, 4, 7, 9]) {
    const { consume, cursors, woken } = begin([webhook('w')], 5)
    await consume([{ roomId: 'r', fromSeq, toSeq: 9 }])
    expect(cursors.get('w/r')).toEqual({ webhookId: 'w', roomId: 'r', nextSeq: 6, toSeq: 9 })
    expect(woken).toEqual(['w 1'])
  }
})

test('a range from before makes nothing', async () => {
  const { consume, cursors } = begin([webhook('w')], 5)
  await consume([{ roomId: 'r', fromSeq: 1, toSeq: 5 }])
  expect(cursors.size).toBe(0)
})

test('only rooms that are asked for; one that is disabled is noted and not called', async () => {
  const { consume, cursors, woken } = begin(
    [webhook('some', { roomIds: new Set(['a']) }), webhook('off', { isDisabled: true })],
    0,
  )
  await consume([
    { roomId: 'a', fromSeq: 1, toSeq: 2 },
    { roomId: 'b', fromSeq: 1, toSeq: 1 },
    { roomId: 'a', fromSeq: 4, toSeq: 4 },
  ])
  expect([...cursors.keys()]).toEqual(['some/a', 'off/a', 'off/b'])
  expect(cursors.get('some/a')?.toSeq).toBe(4)
  expect(woken).toEqual(['some 1'])
})

test('with nobody to tell nothing is asked', async () => {
  const { consume, woken } = begin([], 0)
  await consume([{ roomId: 'a', fromSeq: 1, toSeq: 2 }])
  expect(woken).toEqual([])
})
