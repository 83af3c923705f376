import { expect, test } from 'vitest'
import { runSchedule } from './schedule/run-schedule.ts'

/** Whatever has failed once, with what it was. A change of what is simulated makes others of them. */
const FAILED: readonly (readonly [seed: number, why: string])[] = [
  [39, 'who joined over REST and was removed before the gateway had heard of it was never told'],
  [115, 'the same, where the news of the joining was lost'],
  [294, 'the same, on one of two devices'],
  [200, 'an answer from before one left made a room mine that was not'],
  [269, 'whether a room is mine was asked once, and the question was lost'],
  [91, 'who had joined before the first session was ready counted what they said as unread'],
  [61, 'a question of the reconciler that hangs is waited for, for eight seconds'],
  [112, 'a refused message is stored by an older attempt of another gateway: not held against it'],
  [967, 'who came after the last word was not told anything: there was nothing'],
  [995, 'the same'],
  [159, 'what was loaded after the last word'],
  [46, 'a reaction was asked for again after a pause, and committed after the last word'],
  [237, 'who was found to have left was handed what waited without their own clientMsgId'],
  [3, 'a first page that failed after the connection had come back was never read'],
  [89, 'the other device has read, and the word of it was lost: told at most once'],
  [252, 'a message that was refused was stored by the attempt before, which came late'],
  [847, 'the same'],
  [894, 'who says the last word is out of the room by then'],
]

/** Of those who set states and set them back. */
const FAILED_MARKS: readonly (readonly [seed: number, why: string])[] = [
  [
    70,
    'a cursor that was set back before its owner heard of the room was taken for where they came in',
  ],
  [127, 'a reaction was set again by an attempt that came after the one that was answered'],
  [490, 'one that was taken back'],
  [580, 'a cursor was moved by somebody who had gone without an answer: not held against it'],
  [862, 'a cursor that was set back was moved forward again by an attempt that came late'],
  [1153, 'the same'],
  [2919, 'a room that was learned of after its last word has nothing to tell'],
  [3187, 'a move of the cursor that was done after a later one was taken for an echo of before'],
  [22340, 'a reaction of mine that was told before the page knew who I am was not shown as mine'],
]

/** Of people who come and go, with bare clients beside the SDK. */
const FAILED_CROWD: readonly (readonly [seed: number, why: string])[] = [
  [54, 'a session that opened where its gateway was behind was told of a room that it was in'],
  [139, 'the same'],
  [313, 'the same'],
  [494, 'the same'],
  [467, 'a page that was refused between leaving and coming back was never read'],
  [457, 'the log could not be read for longer than one who is out of the room is waited for'],
  [756, 'a message that was refused was stored by the attempt before, which came late'],
  [2648, 'who reads too slowly parts with what they have'],
  [5626, 'a cursor was moved late, and the word of it was lost: told at most once'],
  [1259, 'a room that one was in and out of before the gateway had heard of it stayed in the list'],
  [20757, 'a reaction of mine that was told before the page knew who I am was not shown as mine'],
]

/** Of rooms with threads, and with somebody who keeps order. */
const FAILED_ORDER: readonly (readonly [seed: number, why: string])[] = [
  [3, 'what was said while a thread was read was not told of its first message'],
  [7, 'the first message of a thread was gone after one had left the room and come back'],
  [142, 'members were read before the room was known, and what came in between was told to nobody'],
  [181, 'the same'],
  [1176, 'the first message of a thread was not read, as the log became known meanwhile'],
  [1353, 'the same'],
  [1714, 'what could not be read between leaving and coming back was never read'],
]

/** Of those without sockets. */
const FAILED_PLAIN: readonly (readonly [seed: number, why: string])[] = [
  [28, 'a cursor that was set back over REST was moved late: not held against it'],
  [164, 'the same, forward'],
  [781, 'a reaction over REST was set again by an attempt that came late: not held against it'],
]

/** Of people with several tabs. */
const FAILED_TABS: readonly (readonly [seed: number, why: string])[] = [
  [
    298,
    'a room that a tab without a socket was in and out of before the gateway had heard of it stayed',
  ],
  [1691, 'the same'],
]

test.each(FAILED)('seed %i: %s', async (seed) => {
  const { violations } = await runSchedule(seed)
  expect(violations).toEqual([])
})

test.each(FAILED_MARKS)('marks, seed %i: %s', async (seed) => {
  const { violations } = await runSchedule(seed, { mix: 'marks' })
  expect(violations).toEqual([])
})

test.each(FAILED_CROWD)('crowd, seed %i: %s', async (seed) => {
  const { violations } = await runSchedule(seed, { mix: 'crowd' })
  expect(violations).toEqual([])
})

test.each(FAILED_ORDER)('order, seed %i: %s', async (seed) => {
  const { violations } = await runSchedule(seed, { mix: 'order' })
  expect(violations).toEqual([])
})

test.each(FAILED_PLAIN)('plain, seed %i: %s', async (seed) => {
  const { violations } = await runSchedule(seed, { mix: 'plain' })
  expect(violations).toEqual([])
})

test.each(FAILED_TABS)('tabs, seed %i: %s', async (seed) => {
  const { violations } = await runSchedule(seed, { mix: 'tabs' })
  expect(violations).toEqual([])
})
