import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { ClientStorage } from '../storage/client-storage.ts'
import { createIndexedDbStorage } from '../storage/indexed-db-storage.ts'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { createStore } from '../store.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { createTestChannels } from '../testing/test-channels.ts'
import { createTestClock, settled } from '../testing/test-clock.ts'
import { createTestLocks } from '../testing/test-locks.ts'
import { createDrafts } from './create-drafts.ts'
import { createOutbox, type OutboxPorts } from './create-outbox.ts'
import type { OutboxQueue, Stored } from './outbox-queue.ts'
import type { OutboxEntry } from './outbox.ts'

type Command = OutboxEntry['command']
const say = (text: string): Command => ({ kind: 'send', draft: { text } })
const textOf = ({ command }: Pick<OutboxEntry, 'command'>): string =>
  command.kind === 'send' ? (command.draft.text ?? '') : command.kind
const refusal = (code: 'MUTED' | 'GONE' = 'MUTED'): ChatError =>
  new ChatError({ code, message: code, retryable: false })
const wait = (code: 'RATE_LIMITED' | 'SLOW_MODE', retryAfterMs: number): ChatError =>
  new ChatError({ code, message: code, retryable: true, retryAfterMs })

interface Call {
  readonly roomId: string
  readonly id: string
  readonly text: string
  readonly answer: (stored: Stored) => void
  readonly refuse: (error: unknown) => void
}

/** What the tabs of one browser share, and a server that answers when the test says so. */
function setUp(storage: ClientStorage = createMemoryStorage()) {
  const clock = createTestClock()
  const locks = createTestLocks()
  const channels = createTestChannels()
  const isReady = createStore(true)
  const calls: Call[] = []
  const open = (tabId: string, ports: Partial<OutboxPorts> = {}) => {
    const shared = { storage, name: 'ann', after: clock.after, openChannel: channels.ofTab(tabId) }
    const outbox = createOutbox({
      ...shared,
      drafts: createDrafts(shared),
      tabId,
      isReady,
      locks: locks.ofTab(tabId),
      now: clock.now,
      random: () => 0.5,
      send: (roomId, command, id) =>
        new Promise((resolve, reject) =>
          calls.push({ roomId, id, text: textOf({ command }), answer: resolve, refuse: reject }),
        ),
      ...ports,
    })
    onTestFinished(() => outbox.close())
    return outbox
  }
  const nextCall = async (): Promise<Call> => {
    await vi.waitFor(() => expect(calls).not.toHaveLength(0), { interval: 1 })
    return calls.shift() as Call
  }
  const kill = (tabId: string): void => {
    channels.kill(tabId)
    locks.kill(tabId)
  }
  const kept = async () =>
    (await storage.list('outbox:')).map(([, value]) => (value as OutboxEntry).clientMsgId)
  return { clock, locks, channels, isReady, calls, open, nextCall, kill, kept, storage }
}

const shown = (outbox: OutboxQueue) =>
  outbox.entries.current.map((entry) => `${textOf(entry)} ${entry.state}`)

test('what is said is in the storage before it is sent, and gone after the answer', async () => {
  const { open, nextCall, kept } = setUp()
  const outbox = open('one')
  const { clientMsgId, stored } = outbox.add('r', say('hello'))
  const call = await nextCall()
  expect(await kept()).toEqual([clientMsgId])
  expect(call).toMatchObject({ roomId: 'r', id: clientMsgId, text: 'hello' })
  expect(shown(outbox)).toEqual(['hello pending'])
  call.answer({ seq: 7, msgNo: 3, ts: 'now' })
  expect(await stored).toEqual({ seq: 7, msgNo: 3, ts: 'now' })
  await outbox.drained()
  await settled()
  expect(await kept()).toEqual([])
  expect(shown(outbox)).toEqual([])
})

test('one at a time in a room, in order; other rooms meanwhile, eight at most', async () => {
  const { open, calls } = setUp()
  const outbox = open('one')
  for (const text of ['1', '2', '3']) outbox.add('r', say(text))
  for (let room = 0; room < 9; room += 1) outbox.add(`s${room}`, say('x'))
  await settled()
  expect(calls).toHaveLength(8)
  expect(calls.filter(({ roomId }) => roomId === 'r').map(({ text }) => text)).toEqual(['1'])
  const order: string[] = []
  while (calls.length > 0) {
    const call = calls.shift() as Call
    if (call.roomId === 'r') order.push(call.text)
    call.answer({ seq: 1 })
    await settled()
  }
  expect(order).toEqual(['1', '2', '3'])
  expect(shown(outbox)).toEqual([])
})

test('an unknown outcome is sent again with the same id, until there is an answer', async () => {
  const { open, nextCall, calls, clock } = setUp()
  const outbox = open('one')
  const { clientMsgId, stored } = outbox.add('r', say('hello'))
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const call = await nextCall()
    expect(call.id).toBe(clientMsgId)
    call.refuse(unknownOutcome())
    await settled()
    expect(calls).toHaveLength(0)
    expect(shown(outbox)).toEqual(['hello pending'])
    await clock.advance(30_000)
  }
  ;(await nextCall()).answer({ seq: 1 })
  expect(await stored).toEqual({ seq: 1 })
})

test('a new session does not wait for a pause of its own making', async () => {
  const { open, nextCall, calls, isReady } = setUp()
  const outbox = open('one')
  outbox.add('r', say('hello'))
  const call = await nextCall()
  isReady.set(false)
  call.refuse(unknownOutcome())
  await settled()
  isReady.set(true)
  await settled()
  expect(calls).toHaveLength(1)
  expect(outbox.cancel('r', calls[0]?.id ?? '')).toBe(false)
})

test('slow mode makes its room wait as told, pending; the other rooms go on', async () => {
  const { open, nextCall, calls, clock, isReady } = setUp()
  const outbox = open('one')
  outbox.add('r', say('slow'))
  ;(await nextCall()).refuse(wait('SLOW_MODE', 10_000))
  await settled()
  outbox.add('s', say('other'))
  ;(await nextCall()).answer({ seq: 1 })
  isReady.set(false)
  isReady.set(true)
  await clock.advance(9_999)
  expect(calls).toHaveLength(0)
  expect(shown(outbox)).toEqual(['slow pending'])
  await clock.advance(1_000)
  expect((await nextCall()).text).toBe('slow')
})

test('too fast is told to the person: all rooms wait, and what waits can be taken back', async () => {
  const { open, nextCall, calls, clock } = setUp()
  const outbox = open('one')
  const first = outbox.add('r', say('1'))
  outbox.add('s', say('2'))
  ;(await nextCall()).refuse(wait('RATE_LIMITED', 2_000))
  ;(await nextCall()).refuse(wait('RATE_LIMITED', 3_000))
  await settled()
  outbox.add('t', say('3'))
  expect(outbox.cancel('r', first.clientMsgId)).toBe(true)
  await expect(first.stored).rejects.toMatchObject({ code: 'GONE' })
  await clock.advance(2_999)
  expect(calls).toHaveLength(0)
  await clock.advance(1_000)
  expect(calls.map(({ text }) => text)).toEqual(['2', '3'])
})

test('what is refused for good stays failed with its error, behind it things go on', async () => {
  const { open, nextCall, storage, kept } = setUp()
  const outbox = open('one')
  const one = outbox.add('r', say('1'))
  const two = outbox.add('r', say('2'))
  ;(await nextCall()).refuse(refusal())
  await expect(one.stored).rejects.toMatchObject({ code: 'MUTED' })
  ;(await nextCall()).answer({ seq: 1 })
  await two.stored
  await settled()
  expect(outbox.entries.current).toMatchObject([
    { state: 'failed', error: { code: 'MUTED', isRetryable: false } },
  ])

  // A reload shows it still, and does not send it by itself.
  outbox.close()
  const again = setUp(storage)
  const reloaded = again.open('two')
  await settled()
  expect(reloaded.entries.current).toMatchObject([{ state: 'failed', error: { code: 'MUTED' } }])
  expect(again.calls).toHaveLength(0)
  reloaded.retry('r', one.clientMsgId)
  await settled()
  expect(shown(reloaded)).toEqual(['1 pending'])
  ;(await again.nextCall()).refuse(refusal('GONE'))
  await settled()
  expect(shown(reloaded)).toEqual(['1 failed'])
  expect(reloaded.cancel('r', one.clientMsgId)).toBe(true)
  await settled()
  expect(await kept()).toEqual([])
})

test('a retry settles its own promise', async () => {
  const { open, nextCall } = setUp()
  const outbox = open('one')
  const { clientMsgId, stored } = outbox.add('r', say('1'))
  ;(await nextCall()).refuse(refusal())
  await expect(stored).rejects.toMatchObject({ code: 'MUTED' })
  const second = outbox.add('r', say('1'), clientMsgId)
  ;(await nextCall()).answer({ seq: 4 })
  expect(await second.stored).toEqual({ seq: 4 })
  expect(await outbox.add('r', say('1'), clientMsgId.toUpperCase()).stored).toEqual({ seq: 4 })
})

test('one id in two rooms is two messages: neither answers for the other, in the log neither', async () => {
  const { open, nextCall, isReady } = setUp()
  const outbox = open('one')
  isReady.set(false)
  const { clientMsgId, stored } = outbox.add('r', say('1'))
  const other = outbox.add('other', say('2'), clientMsgId)
  outbox.confirm('third', clientMsgId, { seq: 7 })
  await settled()
  expect(shown(outbox)).toEqual(['1 pending', '2 pending'])
  outbox.confirm('other', clientMsgId, { seq: 8 })
  expect(await other.stored).toEqual({ seq: 8 })
  isReady.set(true)
  const call = await nextCall()
  expect(call).toMatchObject({ roomId: 'r', id: clientMsgId, text: '1' })
  call.answer({ seq: 4 })
  expect(await stored).toEqual({ seq: 4 })
  expect(await outbox.add('third', say('3'), clientMsgId).stored).toEqual({ seq: 7 })
})

test('what is not on its way is taken back; what may have arrived is not', async () => {
  const { open, calls, isReady } = setUp()
  const outbox = open('one')
  isReady.set(false)
  const one = outbox.add('r', say('1'))
  const two = outbox.add('r', say('2'))
  await settled()
  expect(outbox.cancel('r', one.clientMsgId)).toBe(true)
  expect(outbox.cancel('r', one.clientMsgId)).toBe(false)
  await expect(one.stored).rejects.toMatchObject({ code: 'GONE' })
  isReady.set(true)
  await settled()
  expect(calls.map(({ text }) => text)).toEqual(['2'])
  expect(outbox.cancel('r', two.clientMsgId)).toBe(false)
})

test('seen in the log before the answer it is stored, and the next one goes', async () => {
  const { open, nextCall, kept } = setUp()
  const outbox = open('one')
  const one = outbox.add('r', say('1'))
  outbox.add('r', say('2'))
  const call = await nextCall()
  outbox.confirm('r', one.clientMsgId, { seq: 9 })
  expect(await one.stored).toEqual({ seq: 9 })
  const next = await nextCall()
  expect(next.text).toBe('2')
  call.refuse(refusal())
  await settled()
  expect(shown(outbox)).toEqual(['2 pending'])
  expect(await kept()).toEqual([next.id])
})

test('more than the bounds is refused before anything is kept', async () => {
  const { open, isReady, kept } = setUp()
  isReady.set(false)
  const outbox = open('one')
  for (let n = 0; n < 500; n += 1) outbox.add('r', say(`${n}`))
  const { stored, isRefused } = outbox.add('r', say('too many'))
  expect(isRefused).toBe(true)
  await expect(stored).rejects.toMatchObject({ code: 'TOO_LARGE', isRetryable: false })
  for (let n = 0; n < 4_500; n += 1) outbox.add(`s${n}`, say('x'))
  await expect(outbox.add('other', say('x')).stored).rejects.toMatchObject({ code: 'TOO_LARGE' })
  await settled()
  expect(await kept()).toHaveLength(5_000)
  expect(outbox.entries.current).toHaveLength(5_000)
})

test('a storage that takes nothing more keeps nobody from sending', async () => {
  const storage = createMemoryStorage()
  const full = { ...storage, put: () => Promise.reject(new Error('no space')) }
  const onWarning = vi.fn()
  const { open, nextCall } = setUp(full)
  const { stored } = open('one', { onWarning }).add('r', say('hello'))
  ;(await nextCall()).answer({ seq: 1 })
  expect(await stored).toEqual({ seq: 1 })
  expect(onWarning).toHaveBeenCalled()
})

test('what was kept and could not be read is read when there is a way again', async () => {
  const storage = createMemoryStorage()
  const before = setUp(storage)
  before.isReady.set(false)
  const { clientMsgId } = before.open('gone').add('r', say('from before'))
  await settled()
  const away = { ...storage, list: () => Promise.reject(new Error('away')) }
  const onWarning = vi.fn()
  const { open, isReady, nextCall } = setUp(away)
  isReady.set(false)
  open('one', { onWarning, locks: null })
  await settled()
  expect(onWarning).toHaveBeenCalledOnce()
  away.list = storage.list as never
  isReady.set(true)
  expect((await nextCall()).id).toBe(clientMsgId)
})

test('entries change once for all that happens in one turn, and what is the same stays it', async () => {
  const { open, isReady } = setUp()
  isReady.set(false)
  const outbox = open('one')
  await settled()
  const listener = vi.fn()
  outbox.entries.subscribe(listener)
  for (let n = 0; n < 50; n += 1) outbox.add('r', say(`${n}`))
  await settled()
  expect(listener).toHaveBeenCalledOnce()
  const [first] = outbox.entries.current
  outbox.add('r', say('more'))
  await settled()
  expect(outbox.entries.current[0]).toBe(first)
})

test('a reload in the middle of a send sends it again with its id, before what is new', async () => {
  const name = 'parley:reload'
  const before = setUp(createIndexedDbStorage({ name }))
  const old = before.open('old')
  const { clientMsgId } = old.add('r', say('1'))
  old.add('r', say('2'))
  expect((await before.nextCall()).id).toBe(clientMsgId)
  // The page is gone: no answer is heard.
  before.kill('old')
  old.close()
  before.storage.close()

  const storage = createIndexedDbStorage({ name })
  onTestFinished(() => storage.close())
  const after = setUp(storage)
  after.isReady.set(false)
  const outbox = after.open('new')
  await vi.waitFor(() => expect(shown(outbox)).toEqual(['1 pending', '2 pending']))
  outbox.add('r', say('3'))
  after.isReady.set(true)
  const sent: string[] = []
  for (let n = 0; n < 3; n += 1) {
    const call = await after.nextCall()
    sent.push(call.text)
    if (n === 0) expect(call.id).toBe(clientMsgId)
    call.answer({ seq: n + 1 })
  }
  expect(sent).toEqual(['1', '2', '3'])
  await vi.waitFor(async () => expect(await after.kept()).toEqual([]))
})

test('tabs show what waits in the others; one of them takes over what a dead one left', async () => {
  const { open, kill, isReady, clock, calls, nextCall, kept } = setUp()
  isReady.set(false)
  const [one, two, three] = [open('one'), open('two'), open('three')]
  one.add('r', say('a'))
  one.add('r', say('b'))
  await clock.advance(1)
  two.add('r', say('c'))
  await settled()
  for (const tab of [one, two, three]) {
    expect(shown(tab)).toEqual(['a pending', 'b pending', 'c pending'])
  }
  expect(three.cancel('r', one.entries.current[0]?.clientMsgId ?? '')).toBe(false)

  one.close()
  kill('one')
  await settled()
  isReady.set(true)
  const sent: string[] = []
  for (let n = 1; n <= 3; n += 1) {
    const call = await nextCall()
    sent.push(call.text)
    call.answer({ seq: n })
    await settled()
  }
  // Two of them have entries in this room now, or one has all: each was sent once, in its order.
  expect(sent.toSorted()).toEqual(['a', 'b', 'c'])
  expect(sent.indexOf('a')).toBeLessThan(sent.indexOf('b'))
  expect(calls).toEqual([])
  expect(await kept()).toEqual([])
  for (const tab of [two, three]) expect(shown(tab)).toEqual([])
})

test('what a living tab has failed with can be sent again or forgotten in another one', async () => {
  const { open, nextCall } = setUp()
  const [one, two] = [open('one'), open('two')]
  const { clientMsgId } = one.add('r', say('a'))
  ;(await nextCall()).refuse(refusal())
  await settled()
  expect(shown(two)).toEqual(['a failed'])
  two.retry('r', clientMsgId)
  ;(await nextCall()).refuse(refusal())
  await settled()
  expect(two.cancel('r', clientMsgId)).toBe(true)
  await settled()
  expect(shown(one)).toEqual([])
  expect(shown(two)).toEqual([])
})

test('its event hides the entry of another tab at once', async () => {
  const { open, isReady } = setUp()
  isReady.set(false)
  const [one, two] = [open('one'), open('two')]
  const { clientMsgId } = one.add('r', say('a'))
  await settled()
  two.confirm('r', clientMsgId, { seq: 3 })
  await settled()
  expect(shown(two)).toEqual([])
})

test('what is kept in another form is left out', async () => {
  const storage = createMemoryStorage()
  await storage.put('outbox:1', { clientMsgId: 'x' })
  await storage.put('outbox:2', 'nothing')
  const { open } = setUp(storage)
  const outbox = open('one')
  await settled()
  expect(shown(outbox)).toEqual([])
})

/** Stops like a page that is gone, between any two steps of its storage. */
function dyingStorage(storage: ClientStorage, steps: number, isDone: boolean): ClientStorage {
  let left = steps
  const never = new Promise<never>(() => undefined)
  const step = async <Result>(operation: () => Promise<Result>): Promise<Result> => {
    left -= 1
    if (left < 0) return never
    const result = operation()
    // The last step may be done although nobody hears of it.
    if (left === 0 && isDone) return result.then(() => never)
    return left === 0 ? never : result
  }
  return {
    ...storage,
    get: (key) => step(() => storage.get(key)),
    put: (key, value) => step(() => storage.put(key, value)),
    delete: (key) => step(() => storage.delete(key)),
    list: (prefix) => step(() => storage.list(prefix)),
  }
}

test('a page that dies between any two steps loses nothing and doubles nothing', async () => {
  for (let seed = 1; seed <= 120; seed += 1) {
    const random = seededRandom(seed)
    const storage = createMemoryStorage()
    const { locks, channels, clock, isReady } = setUp(storage)
    const log: string[] = []
    const said: string[] = []
    const texts: string[] = []
    const server: OutboxPorts['send'] = async (_roomId, command, id) => {
      if (random() < 0.2) throw unknownOutcome()
      if (!log.includes(id)) {
        log.push(id)
        texts.push(textOf({ command }))
      }
      if (random() < 0.3) throw unknownOutcome()
      if (random() < 0.1) throw wait('RATE_LIMITED', 50)
      return { seq: log.indexOf(id) + 1 }
    }
    const openPage = (tabId: string, kept: ClientStorage) =>
      createOutbox({
        storage: kept,
        drafts: createDrafts({ storage, name: 'ann', openChannel: null, after: clock.after }),
        name: 'ann',
        tabId,
        isReady,
        locks: locks.ofTab(tabId),
        openChannel: channels.ofTab(tabId),
        now: clock.now,
        random,
        after: clock.after,
        send: server,
      })
    for (let page = 0; page < 3; page += 1) {
      const dying = dyingStorage(storage, 1 + Math.floor(random() * 14), random() < 0.5)
      const outbox = openPage(`page${page}`, dying)
      for (let n = 0; n < 3; n += 1) {
        outbox.add('r', say(`${page}.${n}`))
        await clock.advance(Math.floor(random() * 800))
      }
      outbox.close()
      locks.kill(`page${page}`)
      channels.kill(`page${page}`)
      await settled()
      // Promised is what had been kept: the words of a page that died before are gone with it.
      for (const [, value] of await storage.list('outbox:')) {
        const { clientMsgId } = value as OutboxEntry
        if (!said.includes(clientMsgId)) said.push(clientMsgId)
      }
    }
    const last = openPage('last', storage)
    await clock.advance(1_000_000)
    await last.drained()
    await settled()
    expect({ seed, missing: said.filter((id) => !log.includes(id)) }).toEqual({ seed, missing: [] })
    for (const page of ['0', '1', '2']) {
      const ofPage = texts.filter((text) => text.startsWith(page))
      expect({ seed, ofPage }).toEqual({ seed, ofPage: [...new Set(ofPage)].toSorted() })
    }
    expect(await storage.list('outbox:')).toEqual([])
    last.close()
  }
})

test('an edit that is refused after a reload is taken back and told, one that was refused before it too', async () => {
  const { open, isReady, nextCall, kill, kept, storage } = setUp()
  isReady.set(false)
  const before = open('one')
  before.add('r', { kind: 'edit', seq: 3, text: 'better' })
  before.add('r', say('new'))
  await vi.waitFor(async () => expect(await kept()).toHaveLength(2))
  kill('one')
  before.close()
  const order = '000000000000001.000000'
  const error = { code: 'FORBIDDEN', message: 'Too late.', retryable: false, requestId: '' }
  const old = { clientMsgId: 'old', roomId: 'r', createdAt: 1, order, tabId: 'one', isTried: true }
  const command = { kind: 'delete', seq: 2 }
  await storage.put(`outbox:${order}:old`, { ...old, command, error })

  const onWarning = vi.fn()
  const outbox = open('two', { onWarning })
  await vi.waitFor(() => expect(shown(outbox)).toEqual(['edit pending', 'new pending']))
  const states: string[][] = []
  outbox.entries.subscribe(() => states.push(shown(outbox)))
  isReady.set(true)
  const call = await nextCall()
  expect(call.text).toBe('edit')
  call.refuse(refusal())
  const next = await nextCall()
  expect(next.text).toBe('new')
  next.refuse(refusal())
  await settled()
  // It is seen to have failed, so that nothing is shown as changed.
  expect(states).toContainEqual(['edit failed', 'new pending'])
  expect(shown(outbox)).toEqual(['new failed'])
  expect(await kept()).toHaveLength(1)
  expect(onWarning.mock.calls.map(([, cause]) => (cause as ChatError).code)).toEqual([
    'FORBIDDEN',
    'MUTED',
  ])
})

test('closed, it answers nobody any more and keeps what waits', async () => {
  const { open, isReady, kept } = setUp()
  isReady.set(false)
  const outbox = open('one')
  const { clientMsgId, stored } = outbox.add('r', { kind: 'edit', seq: 3, text: 'better' })
  await vi.waitFor(async () => expect(await kept()).toEqual([clientMsgId]))
  outbox.close()
  await expect(stored).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME', isRetryable: true })
  // As whoever has asked for it does with what was refused.
  expect(outbox.cancel('r', clientMsgId)).toBe(false)
  await settled()
  expect(await kept()).toEqual([clientMsgId])
  await expect(outbox.add('r', say('late')).stored).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
})

test('a clock that is set back does not make a pause longer', async () => {
  let backMs = 0
  const { open, nextCall, calls, clock } = setUp()
  const outbox = open('one', { now: () => clock.now() - backMs })
  outbox.add('r', say('1'))
  outbox.add('s', say('2'))
  const [first, second] = [await nextCall(), await nextCall()]
  first.refuse(wait('RATE_LIMITED', 2_000))
  await settled()
  backMs = 900_000
  second.refuse(wait('RATE_LIMITED', 1_000))
  await settled()
  await clock.advance(3_000)
  expect(calls.map(({ text }) => text).toSorted()).toEqual(['1', '2'])
})
