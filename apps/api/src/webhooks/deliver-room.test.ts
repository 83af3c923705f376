import type { Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { createDeliverRoom, type Claim, type Outcome } from './deliver-room.ts'
import type { PostResult } from './post-webhook.ts'
import type { WebhookSettings } from './webhook-settings.ts'

const ROOM = '0190a5b0-0000-7000-8000-000000000001'
const OK: PostResult = {
  delivered: true,
  statusCode: 200,
  durationMs: 1,
  error: null,
  retryAfterMs: undefined,
}
const FAILED: PostResult = { ...OK, delivered: false, statusCode: 500, error: 'It answered 500.' }

const webhook: WebhookSettings = {
  id: 'w',
  url: 'https://example.com/',
  secrets: [],
  events: null,
  roomIds: null,
  startsAt: new Date(0),
  isDisabled: false,
  isOnHold: false,
}
const claim: Claim = {
  webhookId: 'w',
  roomId: ROOM,
  replayId: null,
  token: Buffer.alloc(16),
  nextSeq: 1,
  toSeq: 50,
  attempts: 0,
  failingSince: null,
}

const eventOf = (seq: number): Event => {
  const envelope = {
    seq,
    ts: new Date(0).toISOString(),
    actor: { id: 'a', kind: 'user' },
    clientMsgId: '0190a5b0-0000-7000-8000-000000000002',
  } as const
  return seq % 2 === 0
    ? { ...envelope, type: 'message:deleted', data: {} }
    : { ...envelope, type: 'pin:changed', data: { on: true } }
}

/** What is done with a claim, step by step. */
function begin(
  answer: (seq: number) => PostResult = () => OK,
  isMine: () => boolean = () => true,
  /** So many long events are read at once at most. */
  fitting = Infinity,
) {
  const steps: string[] = []
  const bodies: string[] = []
  const outcomes: Outcome[] = []
  const deliver = createDeliverRoom({
    readEvents: async (_, from, to, limit) =>
      Array.from({ length: Math.min(to - from + 1, limit, fitting) }, (__, index) =>
        eventOf(from + index),
      ),
    post: async (_, { id, body }) => {
      bodies.push(body)
      steps.push(`post ${id.split(':')[1]}`)
      return answer(Number(id.split(':')[1]))
    },
    terms: { firstRetryMs: 1_000, longestRetryMs: 60_000, giveUpMs: 3_600_000 },
    observe: (outcome) => outcomes.push(outcome),
    store: {
      delivered: async (_, { event }) => {
        steps.push(`delivered ${event.seq}`)
        return isMine()
      },
      failed: async (_, { event }, delayMs) => {
        steps.push(`failed ${event.seq} ${delayMs === null ? 'for good' : 'for now'}`)
      },
      release: async (_, nextSeq) => void steps.push(`release at ${nextSeq}`),
      drop: async () => void steps.push('drop'),
      hold: async () => void steps.push('hold'),
      disable: async (_, reason) => void steps.push(`disable: ${reason}`),
    },
  })
  const run = async (
    settings: Partial<WebhookSettings>,
    claimed: Partial<Claim>,
    signal = new AbortController().signal,
  ) => {
    await deliver({ ...webhook, ...settings }, { ...claim, ...claimed }, signal)
    return steps
  }
  return { run, bodies, outcomes }
}

test('sends event by event, notes each before the next, and gives the room back', async () => {
  const { run, bodies } = begin()
  expect(await run({}, { nextSeq: 3, toSeq: 5 })).toEqual([
    'post 3',
    'delivered 3',
    'post 4',
    'delivered 4',
    'post 5',
    'delivered 5',
    'release at 6',
  ])
  expect(bodies.join()).not.toContain('clientMsgId')
})

test('where events are long they are read a few at a time, and none is passed over', async () => {
  const { run } = begin(undefined, undefined, 2)
  const steps = await run({}, { nextSeq: 1, toSeq: 5 })
  expect(steps.filter((step) => step.startsWith('post'))).toHaveLength(5)
  expect(steps.at(-1)).toBe('release at 6')
})

test('types that nobody asked for are passed over, also many of them', async () => {
  const { run, bodies } = begin()
  const steps = await run({ events: new Set(['pin:changed']) }, {})
  expect(bodies).toHaveLength(25)
  expect(steps.at(-1)).toBe('release at 51')
})

test('stops at the first that fails, and gives the room back with a wait', async () => {
  const { run, outcomes } = begin((seq) => (seq === 2 ? FAILED : OK))
  expect(await run({}, {})).toEqual(['post 1', 'delivered 1', 'post 2', 'failed 2 for now'])
  expect(outcomes.map(({ status }) => status)).toEqual(['delivered', 'pending'])
})

test('whoever lost the room goes no further', async () => {
  const { run } = begin(
    () => OK,
    () => false,
  )
  expect(await run({}, {})).toEqual(['post 1', 'delivered 1'])
})

test('410 disables; a pause that is asked for is kept', async () => {
  const gone = begin(() => ({ ...FAILED, statusCode: 410 }))
  expect((await gone.run({}, {})).slice(1)).toEqual([
    'disable: The endpoint answered 410 Gone.',
    'failed 1 for now',
  ])
  expect(gone.outcomes[0]).toMatchObject({ status: 'failed', nextAttemptAt: null })
  const busy = begin(() => ({ ...FAILED, statusCode: 503, retryAfterMs: 5_000 }))
  expect((await busy.run({}, {})).slice(1)).toEqual(['hold', 'failed 1 for now'])
})

test('what fails for too long disables the webhook, but ends only itself if it is a replay', async () => {
  const failingSince = new Date(Date.now() - 3_600_001)
  const live = begin(() => FAILED)
  expect((await live.run({}, { attempts: 9, failingSince })).slice(1)).toEqual([
    'disable: A delivery failed for 60 minutes. Last: It answered 500.',
    'failed 1 for now',
  ])
  const replay = begin(() => FAILED)
  expect((await replay.run({}, { replayId: 'r', attempts: 9, failingSince })).slice(1)).toEqual([
    'failed 1 for good',
  ])
  // Failures of an event that was delivered since are forgotten.
  const later = begin((seq) => (seq === 2 ? FAILED : OK))
  expect((await later.run({}, { attempts: 9, failingSince })).slice(2)).toEqual([
    'post 2',
    'failed 2 for now',
  ])
})

test('a stop is heeded between two events', async () => {
  const stopping = new AbortController()
  const { run } = begin((seq) => {
    if (seq === 2) stopping.abort()
    return OK
  })
  expect((await run({}, {}, stopping.signal)).slice(-2)).toEqual(['delivered 2', 'release at 3'])
})

test('a room that the webhook is no longer for is let go', async () => {
  expect(await begin().run({ roomIds: new Set(['another']) }, {})).toEqual(['drop'])
})
