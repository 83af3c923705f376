import { randomUUID } from 'node:crypto'
import {
  ROOM_PARTITIONS,
  type CommandBatchResult,
  type CommandResult,
  type ErrorCode,
  type GatewayCommand,
  type RoomNews,
} from '@parley/message-schema'
import { createLogger, partitionOf } from '@parley/server-kit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PartitionQueues, type Asker } from './partition-queues.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const roomId = randomUUID()
const there: Asker = { hasEnded: false }
const say = (text: string, room = roomId): GatewayCommand => ({
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId: room,
  clientMsgId: randomUUID(),
  text,
})
const textOf = (command: GatewayCommand): string => ('text' in command ? (command.text ?? '') : '')
const fine = (command: GatewayCommand): CommandResult => ({
  ok: true,
  data: { said: textOf(command) },
})
const refused = (code: ErrorCode): CommandResult => ({
  ok: false,
  error: { code, message: 'no', retryable: true },
})
const allFine = (commands: readonly GatewayCommand[]): CommandBatchResult => ({
  results: commands.map(fine),
  news: [],
})

type Answer = (
  commands: readonly GatewayCommand[],
  attempt: number,
) => CommandBatchResult | Promise<CommandBatchResult>

/** Queues over an API that answers in `tookMs`, and everything that it was sent. */
function begin(answer: Answer = allFine, { deadlineMs = 5_000, tookMs = 10, gatherMs = 0 } = {}) {
  const sent: string[][] = []
  const gathered: boolean[] = []
  const retries: boolean[] = []
  const offered: RoomNews[] = []
  const control = { answer }
  let attempts = 0
  let running = 0
  let most = 0
  const queues = new PartitionQueues({
    sendCommands: async (_partition, commands, { isGathered, isRetry }) => {
      sent.push(commands.map(textOf))
      gathered.push(isGathered)
      retries.push(isRetry)
      attempts += 1
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => {
        setTimeout(resolve, tookMs)
      })
      running -= 1
      return control.answer(commands, attempts)
    },
    gatherMs: (room) => (room === roomId ? gatherMs : 0),
    offer: (news) => offered.push(news),
    deadlineMs,
    logger: createLogger('test', 'silent'),
  })
  const answers: Record<string, string> = {}
  const run = (command: GatewayCommand, asker: Asker = there): void => {
    const text = textOf(command)
    answers[text] = 'pending'
    queues.run(command, asker).then(
      (data) => {
        answers[text] = `ok ${String(data['said'])}`
      },
      (error: { code: string }) => {
        answers[text] = error.code
      },
    )
  }
  const away: Answer = () => {
    throw new Error('not reached')
  }
  const seen = { sent, gathered, retries, offered }
  return { queues, run, answers, ...seen, control, away, most: () => most }
}

describe('batches', () => {
  test('one of a partition is in flight; what comes meanwhile goes next, together and in order', async () => {
    const { run, answers, sent, most } = begin()
    run(say('a'))
    run(say('b'))
    await vi.advanceTimersByTimeAsync(1)
    for (const text of ['c', 'd', 'e']) run(say(text))
    await vi.advanceTimersByTimeAsync(8)
    expect(sent).toEqual([['a', 'b']])
    await vi.advanceTimersByTimeAsync(100)
    expect(sent).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
    expect(Object.values(answers)).toEqual(['ok a', 'ok b', 'ok c', 'ok d', 'ok e'])
    expect(most()).toBe(1)
  })

  test('rooms of other partitions do not wait for it', async () => {
    const { run, sent, most } = begin()
    for (let n = 0; n < 10; n += 1) run(say(`m${n}`, `00000000-0000-7000-8000-00000000000${n}`))
    await vi.advanceTimersByTimeAsync(1)
    expect(sent.flat()).toHaveLength(10)
    expect(most()).toBeGreaterThan(5)
    await vi.advanceTimersByTimeAsync(100)
  })

  test('a batch is at most 500 commands, and about a megabyte of text', async () => {
    const { run, sent } = begin()
    for (let n = 0; n < 1_100; n += 1) run(say('x'))
    await vi.advanceTimersByTimeAsync(100)
    expect(sent.map((batch) => batch.length)).toEqual([500, 500, 100])
    sent.length = 0
    for (let n = 0; n < 60; n += 1) run(say('y'.repeat(20_000)))
    await vi.advanceTimersByTimeAsync(200)
    expect(sent.length).toBeGreaterThan(2)
    expect(sent.flat()).toHaveLength(60)
  })

  test('what is said in a busy room waits for more of it, and goes with whatever does not wait', async () => {
    const { run, sent, gathered } = begin(allFine, { gatherMs: 30 })
    run(say('a'))
    await vi.advanceTimersByTimeAsync(20)
    run(say('b'))
    await vi.advanceTimersByTimeAsync(9)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(20)
    expect([sent, gathered]).toEqual([[['a', 'b']], [true]])
    const inPartition = partitionOf(roomId, ROOM_PARTITIONS)
    let quiet = randomUUID()
    while (partitionOf(quiet, ROOM_PARTITIONS) !== inPartition) quiet = randomUUID()
    run(say('c'))
    run(say('d', quiet))
    await vi.advanceTimersByTimeAsync(1)
    expect(sent.at(-1)).toEqual(['c', 'd'])
  })

  test('what our own commands made is offered to the feeds', async () => {
    const news: RoomNews = { roomId, fromSeq: 4, memberVersion: 1, events: [] }
    const { run, offered } = begin((commands) => ({ results: commands.map(fine), news: [news] }))
    run(say('a'))
    await vi.advanceTimersByTimeAsync(20)
    expect(offered).toEqual([news])
  })

  test('a refusal is answered as what it is, with its reasons', async () => {
    const { queues } = begin((commands) => ({
      results: commands.map(() => ({
        ok: false,
        error: {
          code: 'CONFLICT',
          message: 'at version 3',
          retryable: false,
          details: { version: 3 },
        },
      })),
      news: [],
    }))
    const refusal = queues.run(say('a'), there).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(20)
    expect(await refusal).toMatchObject({
      code: 'CONFLICT',
      message: 'at version 3',
      details: { version: 3 },
    })
  })
})

describe('when an answer does not come', () => {
  test.each([
    ['no answer', () => Promise.reject(new Error('not reached'))],
    ['nothing that lasts', ['SERVER_BUSY']],
    ['that nobody knows', ['UNKNOWN_OUTCOME']],
  ] as const)('what was told %s is said to be a retry', async (_what, told) => {
    const { run, retries } = begin((commands, attempt) => {
      if (attempt % 3 === 0) return allFine(commands)
      if (typeof told === 'function') return told()
      return { results: commands.map(() => refused(told[0])), news: [] }
    })
    run(say('a'))
    await vi.advanceTimersByTimeAsync(2_000)
    run(say('b'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(retries).toEqual([false, true, true, false, true, true])
  })

  test('the same batch is sent again, unchanged, before anything newer', async () => {
    const { run, answers, sent, control, away } = begin()
    control.answer = (commands, attempt) =>
      attempt <= 3 ? away(commands, attempt) : allFine(commands)
    run(say('a'))
    run(say('b'))
    await vi.advanceTimersByTimeAsync(5)
    run(say('c'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(sent).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']])
    expect(answers).toEqual({ a: 'ok a', b: 'ok b', c: 'ok c' })
  })

  test.each(['SERVER_BUSY', 'UNKNOWN_OUTCOME', 'INTERNAL'] as const)(
    '%s of one says nothing about its command: the batch is tried again',
    async (code) => {
      const { run, answers, sent } = begin((commands, attempt) =>
        attempt === 1
          ? {
              results: commands.map((one) => (textOf(one) === 'b' ? refused(code) : fine(one))),
              news: [],
            }
          : allFine(commands),
      )
      for (const text of ['a', 'b', 'c']) run(say(text))
      await vi.advanceTimersByTimeAsync(1_000)
      expect(sent).toEqual([
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
      ])
      expect(answers).toEqual({ a: 'ok a', b: 'ok b', c: 'ok c' })
    },
  )

  test('when time is up its outcome is unknown, and what waited behind it was not done', async () => {
    const { run, answers, sent, control, away } = begin(undefined, { deadlineMs: 2_000 })
    control.answer = away
    run(say('a'))
    await vi.advanceTimersByTimeAsync(100)
    run(say('b'))
    run(say('c'))
    await vi.advanceTimersByTimeAsync(2_500)
    expect(answers).toEqual({ a: 'UNKNOWN_OUTCOME', b: 'SERVER_BUSY', c: 'SERVER_BUSY' })
    expect(sent.every((batch) => batch.join() === 'a')).toBe(true)
    control.answer = allFine
    run(say('a2'))
    await vi.advanceTimersByTimeAsync(100)
    expect(answers['a2']).toBe('ok a2')
  })

  test.each([
    ['was never carried out', 0, 'SERVER_BUSY'],
    ['may have been, by an attempt without an answer', 1, 'UNKNOWN_OUTCOME'],
  ])('what is refused until time is up and %s is answered so', async (_what, lost, code) => {
    const { run, answers, sent, control } = begin(undefined, { deadlineMs: 2_000 })
    control.answer = (commands, attempt) => {
      if (attempt <= lost) throw new Error('not reached')
      return { results: commands.map(() => refused('SERVER_BUSY')), news: [] }
    }
    run(say('a'))
    await vi.advanceTimersByTimeAsync(100)
    // What was sent behind it is not done before it.
    run(say('b'))
    await vi.advanceTimersByTimeAsync(2_500)
    expect(answers).toEqual({ a: code, b: 'SERVER_BUSY' })
    expect(sent.every((batch) => batch.join() === 'a')).toBe(true)
  })

  test('what an attempt may have done is not refused as if nothing was', async () => {
    const { run, answers } = begin(
      (commands, attempt) => ({
        results: commands.map(() => refused(attempt === 1 ? 'UNKNOWN_OUTCOME' : 'SERVER_BUSY')),
        news: [],
      }),
      { deadlineMs: 2_000 },
    )
    run(say('a'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(answers).toEqual({ a: 'UNKNOWN_OUTCOME' })
  })

  test.each([
    ['is refused', () => ({ results: [refused('SERVER_BUSY'), refused('SERVER_BUSY')], news: [] })],
    ['has no answer', () => Promise.reject(new Error('not reached'))],
  ])('what was done once is done, though every later attempt %s', async (_what, later) => {
    const { run, answers } = begin(
      (commands, attempt) => {
        if (attempt > 1) return later()
        const isDone = (one: GatewayCommand): boolean => textOf(one) === 'a'
        const results = commands.map((one) => (isDone(one) ? fine(one) : refused('SERVER_BUSY')))
        return { results, news: [] }
      },
      { deadlineMs: 2_000 },
    )
    run(say('a'))
    run(say('b'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(answers['a']).toBe('ok a')
    expect(answers['b']).not.toMatch(/^ok/u)
  })

  test('a clock that is set back makes nobody wait', async () => {
    const { run, answers, control, away } = begin(undefined, { deadlineMs: 1_000 })
    control.answer = away
    run(say('a'))
    await vi.advanceTimersByTimeAsync(2_000)
    control.answer = allFine
    vi.setSystemTime(Date.now() - 3_600_000)
    run(say('b'))
    await vi.advanceTimersByTimeAsync(100)
    expect(answers).toEqual({ a: 'UNKNOWN_OUTCOME', b: 'ok b' })
  })

  test('also the last of thousands that waited does not overtake what is unknown', async () => {
    const { run, answers, sent, control, away } = begin(undefined, { deadlineMs: 1_000 })
    control.answer = away
    run(say('first'))
    await vi.advanceTimersByTimeAsync(100)
    for (let n = 0; n < 1_200; n += 1) run(say(`w${n}`))
    await vi.advanceTimersByTimeAsync(1_000)
    control.answer = allFine
    await vi.advanceTimersByTimeAsync(5_000)
    const { first, ...waited } = answers
    expect(first).toBe('UNKNOWN_OUTCOME')
    expect(new Set(Object.values(waited))).toEqual(new Set(['SERVER_BUSY']))
    expect(sent.flat().every((text) => text === 'first')).toBe(true)
  })

  test('what somebody asked who is gone is not tried for longer than a second', async () => {
    const { run, answers, sent, control, away } = begin()
    control.answer = away
    const leaving = { hasEnded: false }
    run(say('a'), leaving)
    run(say('b'))
    await vi.advanceTimersByTimeAsync(5)
    run(say('c'), leaving)
    leaving.hasEnded = true
    await vi.advanceTimersByTimeAsync(1_100)
    const before = sent.length
    control.answer = allFine
    await vi.advanceTimersByTimeAsync(2_000)
    expect(sent.slice(before)).toEqual([['b']])
    expect(answers).toEqual({ a: 'UNKNOWN_OUTCOME', b: 'ok b', c: 'UNKNOWN_OUTCOME' })
  })

  test('one who is gone and was refused last holds nobody up', async () => {
    const { run, answers } = begin((commands) => ({
      results: commands.map((one) => (textOf(one) === 'a' ? refused('SERVER_BUSY') : fine(one))),
      news: [],
    }))
    const leaving = { hasEnded: false }
    run(say('a'), leaving)
    await vi.advanceTimersByTimeAsync(5)
    run(say('b'))
    leaving.hasEnded = true
    await vi.advanceTimersByTimeAsync(2_500)
    expect(answers).toEqual({ a: 'SERVER_BUSY', b: 'ok b' })
  })

  test('a last word before hanging up is tried', async () => {
    const { run, sent } = begin()
    run(say('bye'), { hasEnded: true })
    await vi.advanceTimersByTimeAsync(100)
    expect(sent).toEqual([['bye']])
  })

  test('it is not asked without pause, and pauses grow', async () => {
    const { run, sent, control, away } = begin(undefined, { deadlineMs: 10_000, tookMs: 0 })
    control.answer = away
    run(say('a'))
    await vi.advanceTimersByTimeAsync(11_000)
    expect(sent.length).toBeGreaterThan(8)
    expect(sent.length).toBeLessThan(20)
  })

  test('the neighbours of a command that always fails are told that they were done', async () => {
    // Each was committed alone by the API: to call them unknown sends people's messages a second time.
    const { run, answers } = begin(
      (commands) => ({
        results: commands.map((one) =>
          textOf(one) === 'poison' ? refused('INTERNAL') : fine(one),
        ),
        news: [],
      }),
      { deadlineMs: 2_000 },
    )
    for (const text of ['a', 'poison', 'b']) run(say(text))
    await vi.advanceTimersByTimeAsync(5_000)
    expect([answers['a'], answers['b']]).toEqual(['ok a', 'ok b'])
    expect(answers['poison']).not.toMatch(/^ok/u)
  })
})

test('beyond what may wait it refuses at once, and does what it took', async () => {
  const { run, answers } = begin()
  run(say('first'))
  await vi.advanceTimersByTimeAsync(1)
  for (let n = 0; n < 2_001; n += 1) run(say(`m${n}`))
  await vi.advanceTimersByTimeAsync(0)
  expect([answers['m1999'], answers['m2000']]).toEqual(['pending', 'SERVER_BUSY'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(answers['m1999']).toBe('ok m1999')
})

test('idle waits for every partition', async () => {
  const { queues, run, answers } = begin()
  for (let n = 0; n < 5; n += 1) run(say(`m${n}`, randomUUID()))
  let idle = false
  void queues.idle().then(() => {
    idle = true
  })
  await vi.advanceTimersByTimeAsync(5)
  expect(idle).toBe(false)
  await vi.advanceTimersByTimeAsync(20)
  expect(idle).toBe(true)
  expect(Object.values(answers).every((answer) => answer.startsWith('ok'))).toBe(true)
})
