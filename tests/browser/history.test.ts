import { eventually, fillRoom } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  composer,
  createRoom,
  heard,
  joinRoom,
  live,
  log,
  messageRow,
  openRoom,
  register,
  roomId,
  say,
} from './people.ts'
import { scrollFar } from './scroll-far.ts'
import { DESK, PHONE, setStage } from './stage.ts'

const stage = setStage()
const MESSAGES = 100_000
let anna: Page
let ben: Page

/** Most are short; some have two lines, and a few are long. */
function textOf(n: number): string {
  if (n % 50 === 0) return `Message ${n}. ${'There is a lot to say about it. '.repeat(12)}`
  return n % 7 === 0 ? `Message ${n}.\nOn two lines.` : `Message ${n}.`
}

beforeAll(async () => {
  ;[anna, ben] = await Promise.all([stage.open(DESK), stage.open(PHONE)])
  await Promise.all([register(anna, 'anna', 'Anna'), register(ben, 'ben', 'Ben')])
  await createRoom(anna, 'Archive')
  const [ada, bob] = [await stage.cluster().register(), await stage.cluster().register()]
  await fillRoom({
    databaseUrl: stage.cluster().info().database.url,
    roomId: roomId(anna),
    senderIds: [ada.userId, bob.userId],
    count: MESSAGES,
    textOf,
  })
  await joinRoom(ben, 'Archive')
  await anna.reload()
  await live(anna)
})

test('a long way up and down: few rows at a time, none twice, none missing, the place held', async () => {
  await heard(anna, `Message ${MESSAGES}.`)
  const walk = await scrollFar(anna, { screens: 60, way: 'up' })
  expect(walk.faults).toEqual([])
  expect(walk.mostRows).toBeLessThan(200)
  expect(walk.emptyFrames / walk.frames).toBeLessThan(0.1)
  expect(walk.lowest).toBeLessThan(MESSAGES - 400)
  const back = await scrollFar(anna, { screens: 20, way: 'down' })
  expect(back.faults).toEqual([])
  expect(back.mostRows).toBeLessThan(200)
  await anna.getByRole('button', { name: /^Jump to latest/u }).click()
  await messageRow(anna, `Message ${MESSAGES}.`).waitFor()
})

test('a room one comes back to holds the place too, however high the window is', async () => {
  await createRoom(anna, 'Elsewhere')
  for (const height of [900, 1_100, 1_300]) {
    await openRoom(anna, 'Elsewhere')
    await anna.setViewportSize({ ...DESK.viewport, height })
    // All that was read before is there at once, and none of it is measured.
    await openRoom(anna, 'Archive')
    await heard(anna, `Message ${MESSAGES}.`)
    const walk = await scrollFar(anna, { screens: 8, way: 'up' })
    expect(walk.faults).toEqual([])
  }
  await anna.setViewportSize(DESK.viewport)
  await anna.getByRole('button', { name: /^Jump to latest/u }).click()
  await messageRow(anna, `Message ${MESSAGES}.`).waitFor()
})

test('an address of a message leads into the middle of the log, and on from there', async () => {
  await anna.evaluate((hash) => (location.hash = hash), `#/rooms/${roomId(anna)}/messages/50000`)
  await log(anna).locator('.conv-message[data-seq="50000"]').waitFor()
  const up = await scrollFar(anna, { screens: 10, way: 'up' })
  expect(up.faults).toEqual([])
  const down = await scrollFar(anna, { screens: 20, way: 'down' })
  expect(down.faults).toEqual([])
  await anna.getByRole('button', { name: /^Jump to latest/u }).click()
  await messageRow(anna, `Message ${MESSAGES}.`).waitFor()
})

test('who turns round just when older ones have come in is not moved by it', async () => {
  for (const seq of [20_000, 30_000, 40_000]) {
    await anna.evaluate((hash) => (location.hash = hash), `#/rooms/${roomId(anna)}/messages/${seq}`)
    await log(anna).locator(`.conv-message[data-seq="${seq}"]`).waitFor()
    const walk = await scrollFar(anna, { screens: 10, way: 'turn' })
    expect(walk.turns).toBe(1)
    expect(walk.faults).toEqual([])
  }
  await anna.getByRole('button', { name: /^Jump to latest/u }).click()
  await messageRow(anna, `Message ${MESSAGES}.`).waitFor()
})

test('who has scrolled up stays where they are, and is told what comes', async () => {
  await openRoom(ben, 'Archive')
  await heard(ben, `Message ${MESSAGES}.`)
  await scrollFar(ben, { screens: 3, way: 'up' })
  const placeOf = () =>
    log(ben).evaluate((list) => {
      const top = list.getBoundingClientRect().top
      const rows = [...list.querySelectorAll<HTMLElement>('.conv-message')]
      const row = rows.find((one) => one.getBoundingClientRect().top >= top)
      return [row?.dataset['seq'], Math.round(row?.getBoundingClientRect().top ?? 0)]
    })
  const before = await placeOf()
  await say(anna, 'News while you read')
  await say(anna, 'and more of it')
  await ben.getByRole('button', { name: 'Jump to latest, 2 new' }).waitFor()
  expect(await placeOf()).toEqual(before)
  await ben.getByRole('button', { name: 'Jump to latest, 2 new' }).tap()
  await heard(ben, 'and more of it')
  await ben.getByRole('button', { name: /^Jump to latest/u }).waitFor({ state: 'detached' })
})

test('days are divided, and what is said today is under Today', async () => {
  await heard(anna, 'and more of it')
  await log(anna).getByRole('separator', { name: 'Today' }).waitFor()
})

test('no key press waits for the length of the log', async () => {
  await composer(anna).pressSequentially('Typing is as quick as ever')
  await eventually(async () =>
    expect(await composer(anna).inputValue()).toBe('Typing is as quick as ever'),
  )
  await composer(anna).press('Enter')
  await heard(ben, 'Typing is as quick as ever')
})
