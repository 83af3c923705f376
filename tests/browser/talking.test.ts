import { eventually } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  actOn,
  composer,
  confirm,
  createRoom,
  heard,
  joinRoom,
  log,
  messageRow,
  press,
  register,
  say,
} from './people.ts'
import { DESK, PHONE, setStage } from './stage.ts'

const stage = setStage()
const ROOM = 'Meeting point'
/** At a desk, and on a phone. */
let anna: Page
let ben: Page

beforeAll(async () => {
  ;[anna, ben] = await Promise.all([stage.open(DESK), stage.open(PHONE)])
  await Promise.all([register(anna, 'anna', 'Anna'), register(ben, 'ben', 'Ben')])
  await createRoom(anna, ROOM, { topic: 'Where we meet' })
  await joinRoom(ben, ROOM)
})

test('two people in two browsers hear each other, in one order', async () => {
  await say(anna, 'Can you hear me?')
  await heard(ben, 'Can you hear me?')
  await say(ben, 'Yes, very well.')
  await heard(anna, 'Yes, very well.')
  await messageRow(anna, 'Yes, very well.').getByText('Ben', { exact: true }).waitFor()
  expect(await log(anna).getByRole('article').count()).toBe(2)
  await log(anna).getByRole('separator', { name: 'Today' }).waitFor()
})

test('a reaction is seen by the other one, who joins it with a finger', async () => {
  await say(anna, 'Cake?')
  await heard(ben, 'Cake?')
  await press(anna, 'Cake?', 'React')
  await anna.getByRole('button', { name: 'React with 👍' }).click()
  const chip = messageRow(ben, 'Cake?').getByRole('button', { name: '👍, 1' })
  await chip.tap()
  await messageRow(anna, 'Cake?').getByRole('button', { name: '👍, 2', pressed: true }).waitFor()
  await messageRow(ben, 'Cake?').getByRole('button', { name: '👍, 2', pressed: true }).waitFor()
})

test('an answer quotes what it answers', async () => {
  await say(anna, 'Which one is yours?')
  await heard(anna, 'Which one is yours?')
  await press(anna, 'Which one is yours?', 'Reply')
  await anna.getByText('Reply to Anna').waitFor()
  await say(anna, 'The blue one.')
  const quote = messageRow(ben, 'The blue one.').getByRole('button', { name: /Which one/ })
  await quote.waitFor()
  await anna.getByText('Reply to Anna').waitFor({ state: 'detached' })
})

test('the arrow up edits the last message, and the draft of a new one waits meanwhile', async () => {
  await say(anna, 'See you at five')
  await heard(ben, 'See you at five')
  await composer(anna).press('ArrowUp')
  await anna.getByText('Edit message').waitFor()
  await eventually(async () => expect(await composer(anna).inputValue()).toBe('See you at five'))
  await composer(anna).fill('See you at six')
  await composer(anna).press('Enter')
  await messageRow(ben, 'See you at six').getByRole('button', { name: 'edited' }).waitFor()
  expect(await messageRow(ben, 'See you at five').count()).toBe(0)
  await messageRow(anna, 'See you at six').getByRole('button', { name: 'edited' }).click()
  await anna.getByRole('dialog', { name: 'Earlier versions' }).getByText('at five').waitFor()
  await anna.keyboard.press('Escape')
})

test('who deletes is asked, and nothing of it is left for the other one', async () => {
  await say(anna, 'Not for long')
  await heard(ben, 'Not for long')
  await actOn(anna, 'Not for long', 'Delete')
  await confirm(anna, 'Delete')
  await heard(ben, 'This message was deleted.')
  expect(await log(ben).getByText('Not for long').count()).toBe(0)
})

test('a name after an @ is completed, and who is meant sees it', async () => {
  await composer(anna).pressSequentially('Look @be')
  await anna.getByRole('option', { name: /Ben/ }).waitFor()
  await composer(anna).press('Enter')
  await eventually(async () => expect(await composer(anna).inputValue()).toMatch(/^Look @Ben /u))
  await composer(anna).pressSequentially('here')
  await composer(anna).press('Enter')
  const row = await heard(ben, 'Look @Ben here')
  expect(await row.getAttribute('data-to-me')).not.toBeNull()
})

test('an emoji is found by its name and put where the caret is', async () => {
  await composer(anna).fill('Party ')
  await anna.getByRole('button', { name: 'Emoji' }).click()
  await anna.getByRole('searchbox', { name: 'Search emoji' }).fill('party popper')
  await anna.getByRole('gridcell', { name: /party popper/i }).click()
  await eventually(async () => expect(await composer(anna).inputValue()).toBe('Party 🎉'))
  await composer(anna).press('Enter')
  await heard(ben, 'Party 🎉')
})

test('an emoji is offered by its name after a colon, and taken by the keyboard or the mouse', async () => {
  const field = composer(anna)
  await field.pressSequentially('At 12:30 :thu')
  const first = anna.getByRole('option', { name: 'thumbs up' })
  await first.waitFor()
  expect(await first.getAttribute('aria-selected')).toBe('true')
  const list = anna.getByRole('listbox', { name: 'Emoji by name' })
  expect(await field.getAttribute('aria-controls')).toBe(await list.getAttribute('id'))
  expect(await field.getAttribute('aria-activedescendant')).toBe(await first.getAttribute('id'))
  await field.press('ArrowDown')
  await anna.getByRole('option', { name: 'thumbs down', selected: true }).waitFor()
  await field.press('Enter')
  await eventually(async () => expect(await field.inputValue()).toBe('At 12:30 👎️ '))
  await field.pressSequentially(':tada')
  await anna.getByRole('option', { name: 'party popper', selected: true }).waitFor()
  await field.press('Tab')
  await eventually(async () => expect(await field.inputValue()).toBe('At 12:30 👎️ 🎉 '))
  await field.pressSequentially(':rock')
  await anna.getByRole('option', { name: 'rocket' }).click()
  await eventually(async () => expect(await field.inputValue()).toBe('At 12:30 👎️ 🎉 🚀 '))
  await field.pressSequentially(':smi')
  await list.waitFor()
  await field.press('Escape')
  await list.waitFor({ state: 'detached' })
  await field.press('Enter')
  await heard(ben, 'At 12:30 👎️ 🎉 🚀 :smi')
})

test('what is typed on after an emoji was taken lands behind it, however soon', async () => {
  const field = composer(anna)
  await field.fill(' and on')
  await field.press('Home')
  await field.pressSequentially(':tada')
  await anna.getByRole('option', { name: 'party popper', selected: true }).waitFor()
  await field.evaluate((element) => {
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true }))
    document.execCommand('insertText', false, 'goes ')
  })
  await eventually(async () => expect(await field.inputValue()).toBe('🎉 goes and on'))
  await field.fill('')
})

test('a long press opens the menu of a message on a phone', async () => {
  await say(anna, 'Press me')
  const row = await heard(ben, 'Press me')
  await row.scrollIntoViewIfNeeded()
  const box = await row.boundingBox()
  const finger = await ben.context().newCDPSession(ben)
  const point = { x: (box?.x ?? 0) + 80, y: (box?.y ?? 0) + (box?.height ?? 0) - 8 }
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await ben.getByRole('menu', { name: 'Message actions' }).waitFor()
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await ben.getByRole('menuitem', { name: 'Reply', exact: true }).tap()
  await ben.getByText('Reply to Anna').waitFor()
  await say(ben, 'Pressed')
  await messageRow(anna, 'Pressed')
    .getByRole('button', { name: /Press me/ })
    .waitFor()
})

test('who writes is seen writing, until they have said it', async () => {
  const words = anna.getByRole('main').getByText('Ben is typing')
  await eventually(
    async () => {
      // A server hears of it once in three seconds at most.
      await composer(ben).pressSequentially('hm')
      expect(await words.isVisible()).toBe(true)
    },
    { timeoutMs: 20_000, everyMs: 200 },
  )
  await composer(ben).fill('')
  await words.waitFor({ state: 'detached' })
})

test('an edit that is refused leaves its words where they were written', async () => {
  await say(ben, 'Short')
  await heard(anna, 'Short')
  await composer(ben).press('ArrowUp')
  await ben.getByText('Edit message').waitFor()
  await composer(ben).fill('Longer, and thought about')
  await actOn(anna, 'Short', 'Delete')
  await confirm(anna, 'Delete')
  await messageRow(ben, 'Short').waitFor({ state: 'detached' })
  await ben.getByRole('button', { name: 'Save' }).click()
  await ben.getByText(/The message was not changed\./u).waitFor()
  await eventually(async () =>
    expect(await composer(ben).inputValue()).toBe('Longer, and thought about'),
  )
  await ben.getByRole('button', { name: 'Cancel editing' }).click()
})
