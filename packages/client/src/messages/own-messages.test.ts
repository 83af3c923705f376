import { describe, expect, test } from 'vitest'
import { ChatError } from '../chat-error.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { settled, TestRoom } from '../testing/test-room.ts'
import type { Timeline } from './messages.ts'

async function openRoom(messages = 3, isSealed = false): Promise<TestRoom> {
  const room = new TestRoom(undefined, isSealed)
  for (let n = 0; n < messages; n += 1) room.model.send('ann')
  room.position = room.model.head
  room.messages.open()
  await room.drain()
  return room
}

/** Every state of the timeline from now on. */
function record(room: TestRoom): Timeline[] {
  const states: Timeline[] = []
  room.messages.timeline.subscribe(() => states.push(room.messages.timeline.current))
  return states
}

const shown = ({ items }: Timeline) =>
  items.map(({ text, state, seq }) => `${text} ${state.name} ${seq}`)

describe('a send of mine', () => {
  test('is shown at once, and its event takes its place in one change', async () => {
    const room = await openRoom(1)
    const states = record(room)
    const { clientMsgId, stored } = room.messages.send('hello')
    expect(states.map(shown)).toEqual([['said at 2 stored 2', 'hello pending 0']])
    room.model.send('me', { text: 'hello' }, clientMsgId)
    room.deliver()
    await settled()
    expect(states.map(shown).slice(1)).toEqual([['said at 2 stored 2', 'hello stored 3']])
    expect(states.map(({ items }) => items[1]?.key)).toEqual([clientMsgId, clientMsgId])
    expect(await stored).toMatchObject({ seq: 3, msgNo: 2 })
    expect(room.outbox.entries.current).toEqual([])
  })

  test('that is answered before its event stays in place until then', async () => {
    const room = await openRoom(1)
    const states = record(room)
    const { clientMsgId } = room.messages.send('hello')
    room.messages.send('more')
    room.model.send('bob', { text: 'before' })
    const seq = room.model.send('me', { text: 'hello' }, clientMsgId)
    room.outbox.answer(clientMsgId, { seq, msgNo: 3, ts: 'then' })
    await settled()
    expect(states.map(shown).at(-1)).toEqual([
      'said at 2 stored 2',
      'hello stored 4',
      'more pending 0',
    ])
    room.deliver(3)
    expect(states.map(shown).at(-1)).toEqual([
      'said at 2 stored 2',
      'before stored 3',
      'hello stored 4',
      'more pending 0',
    ])
    room.deliver()
    await settled()
    expect(states.map(shown).at(-1)).toEqual([
      'said at 2 stored 2',
      'before stored 3',
      'hello stored 4',
      'more pending 0',
    ])
    for (const { items } of states) {
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length)
    }
  })

  test('that is refused says why, is tried again, or is taken back', async () => {
    const room = await openRoom(1)
    const { clientMsgId, stored } = room.messages.send('hello')
    const error = new ChatError({ code: 'MUTED', message: 'Muted.' })
    room.outbox.refuse(clientMsgId, error)
    await expect(stored).rejects.toBe(error)
    expect(room.messages.timeline.current.items[1]?.state).toEqual({ name: 'failed', error })
    room.messages.retry(clientMsgId)
    expect(room.messages.timeline.current.items[1]?.state).toEqual({ name: 'pending' })
    expect(room.messages.cancel(clientMsgId)).toBe(true)
    expect(room.messages.timeline.current.items).toHaveLength(1)
  })

  test('that is cancelled is gone, though the outbox tells of it later', async () => {
    const room = await openRoom(1)
    room.outbox.isLate = true
    const { clientMsgId, stored } = room.messages.send('hello')
    await settled()
    expect(room.messages.timeline.current.items).toHaveLength(2)
    expect(room.messages.cancel(clientMsgId)).toBe(true)
    void room.messages.loadBefore()
    room.model.send('bob')
    room.deliver()
    await expect(stored).rejects.toMatchObject({ code: 'GONE' })
    await room.drain()
    expect(shown(room.messages.timeline.current)).toEqual([
      'said at 2 stored 2',
      'said at 3 stored 3',
    ])
  })

  test('from before a reload is shown once, whether history or the outbox is read first', async () => {
    const room = new TestRoom()
    room.model.send('me', { text: 'hello' }, 'kept')
    room.position = room.model.head
    const entry = {
      clientMsgId: 'kept',
      roomId: 'room',
      command: { kind: 'send', draft: { text: 'hello' } },
      createdAt: 1,
      state: 'pending',
      error: null,
    } as const
    room.outbox.insert(entry)
    room.messages.open()
    expect(shown(room.messages.timeline.current)).toEqual(['hello pending 0'])
    await room.drain()
    expect(shown(room.messages.timeline.current)).toEqual(['hello stored 2'])
    expect(room.outbox.entries.current).toEqual([])
    room.outbox.insert(entry)
    expect(shown(room.messages.timeline.current)).toEqual(['hello stored 2'])
  })

  test('whose answer was lost is found in history, which says all that the answer would have', async () => {
    const room = new TestRoom()
    const { stored } = room.messages.send({ text: 'hello', clientMsgId: 'mine' })
    room.model.send('bob')
    const seq = room.model.send('me', { text: 'hello' }, 'mine')
    room.position = room.model.head
    room.messages.open()
    await room.drain()
    const { ts } = room.model.log[seq - 1] ?? {}
    expect(await stored).toEqual({ seq, msgNo: 2, ts })
    expect(room.outbox.entries.current).toEqual([])
  })

  test('is there once at every moment, in whatever order events and answers come', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed)
      const room = await openRoom(2)
      room.outbox.isLate = seed % 2 === 0
      const sent: string[] = []
      const stored = new Map<string, number>()
      const failures: string[] = []
      room.messages.timeline.subscribe(() => {
        const keys = room.messages.timeline.current.items.map(({ key }) => key)
        for (const id of sent) {
          const count = keys.filter((key) => key === id).length
          if (count !== 1) failures.push(`seed ${seed}: ${id} is shown ${count} times`)
        }
      })
      for (let n = 0; n < 80; n += 1) {
        const dice = random()
        const next = sent.find((id) => !stored.has(id))
        if (dice < 0.2) {
          const clientMsgId = `mine-${sent.length}`
          room.messages.send({ text: clientMsgId, clientMsgId })
          if (room.outbox.isLate) await settled()
          sent.push(clientMsgId)
        } else if (dice < 0.4) room.model.send('bob')
        else if (dice < 0.6 && next !== undefined) {
          stored.set(next, room.model.send('me', { text: next }, next))
        } else if (dice < 0.75) {
          const [id, seq] = [...stored][Math.floor(random() * stored.size)] ?? []
          if (id !== undefined && seq !== undefined) room.outbox.answer(id, { seq })
        } else if ((room.position ?? 0) < room.model.head) room.deliver((room.position ?? 0) + 1)
        if (random() < 0.5) await settled()
      }
      for (const id of sent) {
        if (!stored.has(id)) room.model.send('me', { text: id }, id)
      }
      room.deliver()
      await room.drain()
      expect(failures).toEqual([])
      expect(room.messages.timeline.current.items.map(({ text }) => text)).toEqual(
        room.model.messages().map(({ text }) => text),
      )
      room.messages.close()
    }
  })
})

describe('a change of mine', () => {
  test('is shown at once, and stays when its event comes before or after the answer', async () => {
    const room = await openRoom(1)
    const states = record(room)
    const done = room.messages.edit(2, 'better')
    const [entry] = room.outbox.entries.current
    const id = entry?.clientMsgId ?? ''
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      text: 'better',
      isChanging: true,
    })
    const seq = room.model.edit('ann', 2, 'better', id)
    room.outbox.answer(id, { seq, version: 1 })
    await done
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      text: 'better',
      isChanging: true,
    })
    room.deliver()
    await settled()
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      text: 'better',
      isChanging: false,
      version: 1,
    })
    expect(states.map(({ items }) => items[0]?.text)).toEqual(states.map(() => 'better'))
  })

  test('is taken back when it is refused, and is not kept', async () => {
    const room = await openRoom(1)
    const done = room.messages.delete(2)
    expect(room.messages.timeline.current.items[0]).toMatchObject({ text: null, isChanging: true })
    const [entry] = room.outbox.entries.current
    const error = new ChatError({ code: 'FORBIDDEN', message: 'No.' })
    room.outbox.refuse(entry?.clientMsgId ?? '', error)
    await expect(done).rejects.toBe(error)
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      text: 'said at 2',
      isChanging: false,
    })
    expect(room.outbox.entries.current).toEqual([])
  })

  test('of a sealed room does not turn back while the message is read again', async () => {
    const room = await openRoom(1, true)
    const states = record(room)
    void room.messages.edit(2, 'better')
    const [entry] = room.outbox.entries.current
    room.model.edit('ann', 2, 'better', entry?.clientMsgId)
    room.deliver()
    await room.drain()
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      text: 'better',
      isChanging: false,
      version: 1,
    })
    expect(states.map(({ items }) => items[0]?.text)).toEqual(states.map(() => 'better'))
  })

  test('of reactions: the last wish wins, and one at a time is asked for', async () => {
    const room = await openRoom(1)
    const mine = () => room.messages.timeline.current.items[0]?.reactions
    const done = room.messages.react(2, 'up')
    await settled()
    expect(mine()).toEqual([{ key: 'up', count: 1, userIds: ['me'], mine: true }])
    void room.messages.react(2, 'up', false)
    void room.messages.react(2, 'up')
    void room.messages.react(2, 'up', false)
    expect(mine()).toEqual([])
    expect(room.requests).toHaveLength(1)
    room.requests[0]?.answer({ seq: room.model.react('me', 2, 'up', true) })
    await settled()
    expect(room.requests.map(({ payload }) => payload['on'])).toEqual([true, false])
    room.deliver()
    expect(mine()).toEqual([])
    room.requests[1]?.answer({ seq: room.model.react('me', 2, 'up', false) })
    await done
    room.deliver()
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      reactions: [],
      isChanging: false,
    })
  })

  test('of pins is tried again after a loss, and taken back on refusal', async () => {
    const room = await openRoom(1)
    const done = room.messages.pin(2)
    await settled()
    expect(room.messages.timeline.current.items[0]?.pinned).toBe(true)
    const lost = new ChatError({ code: 'UNKNOWN_OUTCOME', message: 'Lost.', retryable: true })
    room.requests[0]?.refuse(lost)
    await room.drain()
    expect(room.requests).toHaveLength(2)
    room.requests[1]?.refuse(new ChatError({ code: 'FORBIDDEN', message: 'No.' }))
    await expect(done).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(room.messages.timeline.current.items[0]).toMatchObject({
      pinned: false,
      isChanging: false,
    })
  })
})
