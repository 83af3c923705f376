import { expect, test } from 'vitest'
import { ChatError } from '../chat-error.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { LIVE, settled, TestRoom } from '../testing/test-room.ts'
import type { HistoryPage, TimelineMessage } from './messages.ts'

async function openRoom(messages: number): Promise<TestRoom> {
  const room = new TestRoom()
  for (let n = 0; n < messages; n += 1) room.model.send('ann')
  room.position = room.model.head
  room.messages.open()
  await room.drain()
  return room
}
const seqs = (items: readonly TimelineMessage[]): number[] => items.map(({ seq }) => seq)
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

test('a jump shows the past without what comes, and going on joins the end without a hole', async () => {
  const room = await openRoom(300)
  const { messages } = room
  void messages.jumpTo(100)
  await room.drain()
  expect(messages.timeline.current).toMatchObject({ hasBefore: true, hasAfter: true })
  expect(seqs(messages.timeline.current.items)).toEqual(range(75, 124))
  room.model.send('bob')
  room.model.edit('ann', 100, 'edited')
  messages.send('mine')
  room.deliver()
  expect(seqs(messages.timeline.current.items)).toEqual(range(75, 124))
  expect(messages.timeline.current.items[25]?.text).toBe('edited')
  while (messages.timeline.current.hasAfter) {
    void messages.loadAfter()
    room.model.send('bob')
    await room.step()
    room.deliver()
    await room.drain()
  }
  const last = room.model.messages().at(-1)?.seq ?? 0
  const wanted = room.model.messages().map(({ seq }) => seq)
  expect(seqs(messages.timeline.current.items)).toEqual([
    ...wanted.filter((seq) => seq >= 75 && seq <= last),
    0,
  ])
})

test('a message that is shown already is no reason to read, and the latest are one step away', async () => {
  const room = await openRoom(200)
  const { reads } = room
  void room.messages.jumpTo(190)
  void room.messages.jumpToLatest()
  await room.drain()
  expect(room.reads).toBe(reads)
  void room.messages.jumpTo(3)
  await room.drain()
  void room.messages.jumpToLatest()
  await room.drain()
  expect(seqs(room.messages.timeline.current.items)).toEqual(range(152, 201))
})

test('history is put before with its number, once at a time, to the beginning', async () => {
  const room = await openRoom(120)
  const { messages } = room
  expect(messages.timeline.current).toMatchObject({ prepended: 0, hasBefore: true })
  void messages.loadBefore()
  void messages.loadBefore()
  expect(messages.timeline.current.isLoadingBefore).toBe(true)
  await room.drain()
  expect(messages.timeline.current).toMatchObject({ prepended: 50, isLoadingBefore: false })
  void messages.loadBefore()
  await room.drain()
  expect(messages.timeline.current).toMatchObject({ prepended: 70, hasBefore: false })
  expect(seqs(messages.timeline.current.items)).toEqual(range(2, 121))
})

test('events that come together are one change, and each costs no more in a long timeline', async () => {
  const room = await openRoom(1)
  const from = room.model.head
  const event = room.model.log.at(-1)
  if (event === undefined) throw new Error('There is none.')
  const many = range(from + 1, from + 100_000).map((seq) => ({ ...event, seq }))
  let changes = 0
  room.messages.timeline.subscribe(() => (changes += 1))
  room.hand(many)
  expect(changes).toBe(1)
  const old = room.messages.timeline.current.items
  for (let n = 1; n <= 100; n += 1) room.hand([{ ...event, seq: from + 100_000 + n }])
  expect(changes).toBe(101)
  const { items } = room.messages.timeline.current
  expect(items).toHaveLength(100_101)
  expect(old.every((item, at) => item === items[at])).toBe(true)
  room.messages.trim()
  const trimmed = room.messages.timeline.current
  expect(trimmed.items).toHaveLength(4_000)
  expect(trimmed.items.at(-1)).toBe(items.at(-1))
  expect(trimmed).toMatchObject({ hasBefore: true, prepended: -96_101 })
  room.messages.trim()
  expect(room.messages.timeline.current).toBe(trimmed)
})

test.each([
  ['when the connection comes back', (room: TestRoom) => room.state.set({ ...room.state.current })],
  ['a little later, though no sign comes', () => undefined],
])('what could not be read says why, and is read %s', async (_, sign) => {
  const room = new TestRoom()
  room.model.send('ann')
  room.failing = new ChatError({ code: 'SERVER_BUSY', message: 'Busy.', retryable: true })
  room.messages.open()
  const shown = room.messages.timeline
  expect(shown.current.status).toBe('loading')
  for (let steps = 0; steps < 20; steps += 1) await room.step()
  expect(shown.current).toMatchObject({ status: 'failed', error: room.failing })
  room.failing = null
  sign(room)
  await room.drain()
  expect(shown.current).toMatchObject({ status: 'ready', error: null })
})

test('what is refused for good is not asked for again', async () => {
  const room = new TestRoom()
  room.failing = new ChatError({ code: 'FORBIDDEN', message: 'No.' })
  room.messages.open()
  await room.drain()
  expect(room.messages.timeline.current).toMatchObject({ status: 'failed', error: room.failing })
  expect(room.reads).toBe(1)
})

test('who was out of the room when it was read, and is handed what is said in it, reads it again', async () => {
  const room = new TestRoom()
  room.failing = new ChatError({ code: 'NOT_MEMBER', message: 'You are not in this room.' })
  room.messages.open()
  await room.drain()
  expect(room.messages.timeline.current.status).toBe('failed')
  room.failing = null
  room.model.send('bob')
  room.deliver()
  await room.drain()
  expect(room.messages.timeline.current).toMatchObject({ status: 'ready', error: null })
})

test('too far behind, what is shown stays until it was read anew; of another log nothing stays', async () => {
  const room = await openRoom(3)
  const { messages } = room
  const { items } = messages.timeline.current
  for (let n = 0; n < 5; n += 1) room.model.send('bob')
  room.reset('too-far')
  expect(messages.timeline.current.items).toBe(items)
  room.model.send('cyd')
  room.deliver()
  expect(messages.timeline.current.items).toBe(items)
  await room.drain()
  expect(seqs(messages.timeline.current.items)).toEqual(range(2, 10))
  expect(messages.timeline.current.items.slice(0, 3).every((item, at) => item === items[at])).toBe(
    true,
  )
  room.reset('epoch')
  expect(messages.timeline.current).toMatchObject({ status: 'loading', items: [] })
  await room.drain()
  expect(seqs(messages.timeline.current.items)).toEqual(range(2, 10))
  room.reset('not-member')
  expect(messages.timeline.current).toMatchObject({ status: 'failed', items: [] })
})

test('a log that becomes known after the first page leaves no hole', async () => {
  const room = new TestRoom()
  room.model.send('ann')
  room.position = null
  room.messages.open()
  await room.drain()
  room.model.send('bob')
  room.position = room.model.head
  room.state.set({ ...room.state.current })
  await room.drain()
  expect(seqs(room.messages.timeline.current.items)).toEqual([2, 3])
})

test('that the log is known now is no reset, and what was read since then is not read again', async () => {
  const room = new TestRoom()
  room.model.send('ann')
  room.position = null
  const heard: number[] = []
  const resets: number[] = []
  room.messages.subscribe(
    ({ message }) => heard.push(message.seq),
    (head) => resets.push(head),
  )
  await room.drain()
  const { reads } = room
  room.reset('too-far')
  await room.drain()
  expect(room.reads).toBe(reads)
  room.model.send('bob')
  room.deliver()
  expect(heard).toEqual([3])
  expect(resets).toEqual([])
  room.reset('not-member')
  expect(room.messages.timeline.current.status).toBe('failed')
  room.model.send('bob')
  room.reset('too-far')
  await room.drain()
  expect(seqs(room.messages.timeline.current.items)).toEqual([2, 3, 4])
  expect(resets).toEqual([4])
})

test('of reactions of more people than are named the number is read again, and is right', async () => {
  const room = await openRoom(1)
  for (let n = 10; n < 25; n += 1) room.model.react(`user-${n}`, 2, 'up', true)
  room.deliver()
  const up = () => room.messages.timeline.current.items[0]?.reactions[0]
  expect(up()?.count).toBe(15)
  await room.drain()
  const named = Array.from({ length: 10 }, (_, n) => `user-${n + 10}`)
  expect(up()).toEqual({ key: 'up', count: 15, userIds: named, mine: false })
  const { reads } = room
  room.model.react('me', 2, 'up', true)
  room.model.react('user-24', 2, 'up', false)
  room.model.react('user-10', 2, 'up', false)
  room.deliver()
  expect(up()).toMatchObject({ count: 14, mine: true })
  await room.drain()
  const model = room.model.messages()[0]?.reactions[0]
  expect(up()).toEqual(model)
  expect(room.reads).toBe(reads + 1)
})

test('a reaction of mine is mine also where I am known only after it', async () => {
  const room = new TestRoom()
  room.model.send('ann')
  room.position = room.model.head
  const me = room.me.current
  room.me.set(null)
  room.messages.open()
  await room.drain()
  room.model.react('me', room.model.head, 'up', true)
  room.deliver()
  room.me.set(me)
  await room.drain()
  const [item] = room.messages.timeline.current.items
  expect(item?.reactions).toEqual([{ key: 'up', count: 1, userIds: ['me'], mine: true }])
})

test('a closed room follows nothing and keeps nothing', async () => {
  const room = new TestRoom()
  room.model.send('ann')
  const one = room.messages.open()
  const other = room.messages.open()
  await room.drain()
  one()
  one()
  expect(room.followers).toBe(1)
  other()
  expect(room.followers).toBe(0)
  expect(room.messages.timeline.current).toMatchObject({ status: 'idle', items: [] })
})

test('a thread shows its replies and the message it hangs on, and the room counts them', async () => {
  const room = await openRoom(3)
  const first = room.model.send('bob', { threadId: 3 })
  room.deliver()
  const thread = room.messages.thread(3)
  expect(room.messages.thread(3)).toBe(thread)
  const close = thread.open()
  await room.drain()
  expect(seqs(thread.timeline.current.items)).toEqual([first])
  expect(thread.root.current).toMatchObject({ seq: 3, thread: { replies: 1, lastSeq: first } })
  const { clientMsgId } = thread.send('mine')
  expect(thread.timeline.current.items.map(({ text }) => text)).toEqual(['said at 5', 'mine'])
  const second = room.model.send('me', { text: 'mine', threadId: 3 }, clientMsgId)
  room.model.edit('ann', 3, 'the root')
  room.deliver()
  expect(seqs(thread.timeline.current.items)).toEqual([first, second])
  expect(thread.root.current).toMatchObject({ text: 'the root', thread: { replies: 2 } })
  const inRoom = room.messages.timeline.current.items
  expect(seqs(inRoom)).toEqual([2, 3, 4])
  expect(inRoom[1]).toMatchObject({ thread: { replies: 2, lastSeq: second } })
  room.model.delete('bob', first)
  room.deliver()
  await room.drain()
  expect(thread.root.current).toMatchObject({ thread: { replies: 1, lastSeq: second } })
  expect(room.messages.timeline.current.items[1]).toMatchObject({ thread: { replies: 1 } })
  expect(seqs(room.messages.timeline.current.items)).toEqual([2, 3, 4])
  close()
  expect(thread.timeline.current.items).toEqual([])
})

test('what is said while a thread is read is told of its first message too', async () => {
  const room = await openRoom(60)
  const root = 50
  room.model.send('bob', { threadId: root })
  room.deliver()
  const thread = room.messages.thread(root)
  thread.open()
  // Its first page is under way, and as of before this.
  room.model.edit('ann', root, 'edited')
  room.model.send('bob', { threadId: root })
  room.deliver()
  await room.drain()
  expect(thread.root.current).toMatchObject({ text: 'edited', thread: { replies: 2 } })
  expect(thread.timeline.current.items).toHaveLength(2)
})

test.each(['before', 'while'])(
  'a thread that is open has its first message again when one is back in the room (%s it is read)',
  async (when) => {
    const room = await openRoom(60)
    const root = 3
    room.model.send('bob', { threadId: root })
    room.deliver()
    const thread = room.messages.thread(root)
    thread.open()
    if (when === 'before') await room.drain()
    // One of them is the pause before it is read.
    else while (room.tasks.length > 0 && room.reads < 4) await room.step()
    room.failing = new ChatError({ code: 'NOT_MEMBER', message: 'You are not in this room.' })
    room.reset('not-member')
    await room.drain()
    expect(thread.root.current).toBe(null)
    room.failing = null
    room.model.edit('ann', root, 'edited')
    room.reset('too-far')
    await room.drain()
    expect(thread.root.current).toMatchObject({ text: 'edited', thread: { replies: 1 } })
  },
)

test('what is to be read when the log becomes known is read all the same', async () => {
  // What was asked for last is answered first.
  const room = new TestRoom(() => 0.99)
  for (let n = 0; n < 60; n += 1) room.model.send('ann')
  room.position = null
  const thread = room.messages.thread(3)
  thread.open()
  while (thread.timeline.current.status !== 'ready') await room.step()
  expect(thread.root.current).toBe(null)
  room.reset('too-far')
  await room.drain()
  expect(thread.root.current).toMatchObject({ seq: 3 })
})

test('history before a subscription and what it hears are each message once', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = seededRandom(seed)
    const room = new TestRoom(random)
    for (let n = 0; n < 60; n += 1) {
      if (random() < 0.7) room.model.send('ann')
      else room.model.noise()
    }
    const isKnown = random() < 0.7
    if (isKnown) room.staleBy = 3
    room.position = isKnown ? room.model.head - Math.floor(random() * 6) : null
    const heard: number[] = []
    const subscription = room.messages.subscribe(({ type, message }) => {
      if (type === 'created') heard.push(message.seq)
    })
    let page: Promise<HistoryPage> | undefined
    let position = room.position ?? room.model.head
    for (let n = 0; n < 40; n += 1) {
      const dice = random()
      if (dice < 0.3) room.model.send('bob')
      else if (dice < 0.6 && position < room.model.head) {
        const events = room.model.log.slice(position, position + 1 + Math.floor(random() * 3))
        position += events.length
        room.hand(events)
      } else if (dice < 0.7) page ??= subscription.historyBefore({ limit: 20 })
      else await room.step()
    }
    room.staleBy = 0
    page ??= subscription.historyBefore({ limit: 20 })
    room.hand(room.model.log.slice(position))
    await room.drain()
    let got = await page
    let history = seqs(got.items)
    while (got.hasMore) {
      const older = got.older()
      await room.drain()
      got = await older
      history = [...seqs(got.items), ...history]
    }
    expect([...history, ...heard], `seed ${seed}`).toEqual(seqs(room.model.messages() as never))
    subscription.unsubscribe()
    expect(room.followers).toBe(0)
  }
})

test('a change of a message that is not shown is told after it was read, and in its order', async () => {
  const room = new TestRoom()
  for (let n = 0; n < 80; n += 1) room.model.send('ann')
  room.position = room.model.head
  const heard: string[] = []
  const resets: number[] = []
  const subscription = room.messages.subscribe(
    ({ type, message }) => heard.push(`${type} ${message.seq} ${message.text}`),
    (head) => resets.push(head),
  )
  await room.drain()
  room.model.edit('ann', 3, 'edited')
  room.model.send('bob', { text: 'new' })
  room.deliver()
  expect(heard).toEqual([])
  await room.drain()
  expect(heard).toEqual(['updated 3 edited', 'created 83 new'])
  room.model.delete('bob', 83)
  room.deliver()
  expect(heard.at(-1)).toBe('deleted 83 null')
  room.reset('too-far')
  expect(resets).toEqual([84])
  room.hand([
    {
      seq: 90,
      type: 'pin:changed',
      ts: '',
      actor: { id: 'ann', kind: 'user' },
      data: { on: true },
    },
  ])
  expect(resets).toEqual([84, 89])
  subscription.unsubscribe()
  await settled()
})

test('a change that cannot be read is told once it can be, or said to be missed: never passed over', async () => {
  const room = new TestRoom()
  for (let n = 0; n < 80; n += 1) room.model.send('ann')
  room.position = room.model.head
  const heard: string[] = []
  const resets: number[] = []
  room.messages.subscribe(
    ({ type, message }) => heard.push(`${type} ${message.seq}`),
    (head) => resets.push(head),
  )
  await room.drain()
  const away = { ...LIVE, status: 'waiting' as const }
  room.state.set(away)
  room.failing = new ChatError({ code: 'UNKNOWN_OUTCOME', message: 'Away.', retryable: true })
  room.model.edit('ann', 3, 'edited')
  room.deliver()
  await room.drain()
  expect([heard, resets]).toEqual([[], []])
  room.failing = null
  room.state.set(LIVE)
  await room.drain()
  expect([heard, resets]).toEqual([['updated 3'], []])
  room.failing = new ChatError({ code: 'AUTH_EXPIRED', message: 'Sign in.' })
  room.model.edit('ann', 4, 'edited')
  room.model.send('bob')
  room.deliver()
  await room.drain()
  expect(resets).toEqual([room.model.head - 1])
  expect(heard).toEqual(['updated 3', `created ${room.model.head}`])
})

test('quoted messages are shown as they stand, also those that are out of sight', async () => {
  const room = new TestRoom()
  const far = room.model.send('ann', { text: 'far' })
  for (let n = 0; n < 60; n += 1) room.model.send('ann')
  const reply = room.model.send('bob', { replyTo: far })
  room.position = room.model.head
  room.messages.open()
  await room.drain()
  const quoted = () => room.messages.timeline.current.items.find(({ seq }) => seq === reply)?.quoted
  expect(quoted()).toEqual({ seq: far, senderName: 'Name of ann', text: 'far' })
  room.model.edit('ann', far, 'far away')
  room.deliver()
  expect(quoted()?.text).toBe('far away')
  room.model.delete('ann', far)
  room.deliver()
  expect(quoted()?.text).toBe(null)
})
