import { expect, test } from 'vitest'
import { cutText, describeBody, toPushPayload, type NoticeFacts } from './push-text.ts'

const facts = (more: Partial<NoticeFacts> = {}): NoticeFacts => ({
  roomId: '0190a5b0-0000-7000-8000-000000000001',
  seq: 9,
  count: 1,
  reason: 'message',
  ts: new Date('2026-03-01T12:00:00Z'),
  room: { kind: 'room', name: 'Plans' },
  sender: { id: 'alice', name: 'Alice' },
  body: { type: 'text', text: 'Hello' },
  previews: true,
  ...more,
})

test('texts are one line, cut between letters', () => {
  expect(cutText('  a\n\tb ', 10)).toBe('a b')
  expect(cutText('😀😀😀', 3)).toBe('😀😀😀')
  expect(cutText('😀😀😀😀', 3)).toBe('😀😀…')
})

test('the longest message fits in what push services take', () => {
  const long = '𠮷'.repeat(20_000)
  const payload = toPushPayload(
    facts({
      body: { type: 'text', text: long },
      room: { kind: 'room', name: '𠮷'.repeat(100) },
      sender: { id: 'x'.repeat(64), name: '𠮷'.repeat(80) },
    }),
  )
  expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(3_500)
})

test('what has no text is described', () => {
  const file = { id: 'f', name: 'plan.pdf', mime: 'application/pdf', bytes: 1 }
  expect(describeBody({ type: 'text', attachments: [file] }, 50)).toBe('File: plan.pdf')
  expect(describeBody({ type: 'text', attachments: [file, file] }, 50)).toBe('2 files')
  expect(describeBody({ type: 'poll', payload: {} }, 50)).toBe('New message')
})

test('a room is the title of what is said in it, a person of what they say to one', () => {
  expect(toPushPayload(facts())).toMatchObject({ title: 'Plans', body: 'Alice: Hello' })
  const dm = { kind: 'dm', name: null } as const
  expect(toPushPayload(facts({ room: dm }))).toMatchObject({ title: 'Alice', body: 'Hello' })
})

test('without previews no name and no text is in it', () => {
  const payload = toPushPayload(facts({ previews: false, count: 3 }))
  expect(payload).toMatchObject({ title: 'New message', body: '3 new messages' })
  expect(JSON.stringify(payload)).not.toMatch(/Alice|alice|Hello|Plans/u)
})
