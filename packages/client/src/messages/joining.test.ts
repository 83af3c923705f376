import { expect, test } from 'vitest'
import { seededRandom } from '../testing/seeded-random.ts'
import { TestRoom } from '../testing/test-room.ts'
import { nameOf } from '../testing/model-room.ts'
import { isSame } from './is-same.ts'
import type { Timeline, TimelineMessage } from './messages.ts'

const USERS = Array.from({ length: 14 }, (_, n) => `user-${String(n).padStart(2, '0')}`)
const KEYS = ['up', 'heart', 'ok']

/** Something that a person, or a job, does in the room. */
function act({ model }: TestRoom, random: () => number): void {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const userId = random() < 0.2 ? 'me' : (pick(USERS) ?? '')
  const all = model.messages()
  const living = all.filter(({ deletedAt }) => deletedAt === undefined)
  // The latest more often: that is where reads and events meet.
  const target = random() < 0.6 ? living.at(-1 - Math.floor(random() * 20)) : pick(living)
  const dice = random()
  if (target === undefined || dice < 0.3) model.send(userId)
  else if (dice < 0.38) model.send(userId, { replyTo: target.seq })
  else if (dice < 0.48) model.send(userId, { threadId: target.threadId ?? target.seq })
  else if (dice < 0.6) model.edit(target.sender.id, target.seq, `edited at ${model.head}`)
  else if (dice < 0.65) model.delete(userId, target.seq)
  else if (dice < 0.85) {
    // More than the API names react to some of them.
    const popular = living.find(({ seq }) => seq >= 90) ?? target
    const isPopular = random() < 0.7
    const { seq } = isPopular ? popular : target
    const key = isPopular ? 'up' : (pick(KEYS) ?? '')
    const isOn = model.at(seq)?.reactions.get(key)?.has(userId) ?? false
    if (!isOn || random() < 0.4) model.react(userId, seq, key, !isOn)
  } else if (dice < 0.9) model.pin(userId, target.seq, !target.pinned)
  else if (dice < 0.94) model.preview(target.seq)
  else if (dice < 0.99) model.noise()
  else model.erase(Math.floor(model.head * random() * 0.3))
}

function storedOf(timeline: Timeline): TimelineMessage[] {
  return timeline.items.filter(({ state }) => state.name === 'stored')
}

/** Of a reply that was deleted the API does not tell that it was one. */
const isGoneReply = (room: TestRoom, seq: number): boolean =>
  room.model.threadOf(seq) !== undefined && room.model.at(seq)?.deletedAt !== undefined

function expectContiguous(room: TestRoom, timeline: Timeline): void {
  const seqs = storedOf(timeline).map(({ seq }) => seq)
  const [first] = seqs
  const last = seqs.at(-1)
  if (first === undefined || last === undefined) return
  const inRange = room.model
    .messages()
    .map(({ seq }) => seq)
    .filter((seq) => seq >= first && seq <= last)
  const shown = inRange.filter((seq) => room.model.threadOf(seq) === undefined)
  expect(seqs.filter((seq) => room.model.threadOf(seq) === undefined)).toEqual(shown)
  expect(new Set(seqs).size).toBe(seqs.length)
}

const plain = (item: object): object => {
  const { key, state, isMine, isChanging, ...message } = item as TimelineMessage
  const reactions = message.reactions
    .map(({ mine, ...reaction }) => ({ ...reaction, mine: mine ?? false }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return { ...message, reactions }
}

function expectAsModel(room: TestRoom, timeline: Timeline): void {
  const { model } = room
  const all = model.messages()
  const first = timeline.items[0]?.seq ?? 0
  const last = timeline.hasAfter ? (timeline.items.at(-1)?.seq ?? 0) : Infinity
  const wanted = all
    .filter(({ seq }) => seq >= first && seq <= last && model.threadOf(seq) === undefined)
    .map((message) => {
      const quoted = all.find(({ seq }) => seq === message.replyTo)
      if (quoted === undefined) return plain(message)
      const { seq, text } = quoted
      return plain({ ...message, quoted: { seq, senderName: nameOf(quoted.sender.id), text } })
    })
  const shown = timeline.items.filter(({ seq }) => !isGoneReply(room, seq))
  expect(shown.map(plain)).toEqual(wanted)
  if (!timeline.hasBefore) {
    expect(shown[0]?.seq).toBe(all.find(({ seq }) => model.threadOf(seq) === undefined)?.seq)
  }
}

/** What did not change is the same object. */
function expectStable(before: Timeline, after: Timeline): void {
  const old = new Map(before.items.map((item) => [item.key, item]))
  for (const item of after.items) {
    const was = old.get(item.key)
    if (was !== undefined && was !== item) expect(isSame(was, item)).toBe(false)
  }
}

const move = (room: TestRoom, dice: number, random: () => number): Promise<unknown> | undefined => {
  const { messages, model } = room
  if (dice < 0.05) return messages.loadBefore()
  if (dice < 0.08) return messages.loadAfter()
  if (dice < 0.09) return messages.jumpTo(Math.ceil(random() * model.head))
  return dice < 0.1 ? messages.jumpToLatest() : undefined
}

async function run(seed: number, isSealed: boolean, withResets: boolean): Promise<void> {
  const random = seededRandom(seed)
  const room = new TestRoom(random, isSealed, 8)
  room.staleBy = seed % 3 === 0 ? 4 : 0
  for (let n = 0; n < 120; n += 1) act(room, random)
  room.position = room.model.head - Math.floor(random() * 5)
  let before = room.messages.timeline.current
  const failures: unknown[] = []
  room.messages.timeline.subscribe(() => {
    const { current } = room.messages.timeline
    try {
      expectContiguous(room, current)
      expectStable(before, current)
    } catch (error) {
      failures.push(error)
    }
    before = current
  })
  const close = room.messages.open()
  for (let n = 0; n < 150; n += 1) {
    const dice = random()
    if (dice < 0.3) act(room, random)
    else if (dice < 0.5) {
      const from = room.position ?? 0
      room.deliver(from + Math.ceil(random() * (room.model.head - from)))
    } else if (withResets && dice < 0.515) room.reset(random() < 0.7 ? 'too-far' : 'epoch')
    else if (dice < 0.9) await room.step()
    else void move(room, dice - 0.9, random)?.catch(() => {})
  }
  room.staleBy = 0
  room.deliver()
  expect(failures).toEqual([])
  await room.drain()
  expect(room.messages.timeline.current.status).toBe('ready')
  expectAsModel(room, room.messages.timeline.current)
  for (let n = 0; room.messages.timeline.current.hasBefore && n < 60; n += 1) {
    void room.messages.loadBefore()
    await room.drain()
  }
  void room.messages.jumpToLatest()
  await room.drain()
  expectAsModel(room, room.messages.timeline.current)
  close()
  expect(room.messages.timeline.current.items).toEqual([])
}

test.each([
  ['', false, false],
  [' where edits are sealed', true, false],
  [' where the log is reset', false, true],
])(
  'whatever comes in whatever order, what is shown is what the log says%s',
  async (_, sealed, resets) => {
    for (let seed = 1; seed <= 12; seed += 1) {
      try {
        await run(seed, sealed, resets)
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
    }
  },
)
