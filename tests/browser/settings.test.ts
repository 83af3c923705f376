import { eventually } from '@parley/testkit'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  composer,
  createRoom,
  heard,
  live,
  openRoom,
  panel,
  register,
  say,
  signIn,
} from './people.ts'
import { DESK, setStage } from './stage.ts'

const stage = setStage()
let anna: Page

beforeAll(async () => {
  anna = await stage.open(DESK)
  await register(anna, 'anna', 'Anna')
  await createRoom(anna, 'First room')
  await createRoom(anna, 'Second room')
})

async function settings(page: Page, tab: string): Promise<Locator> {
  await page.keyboard.press('Control+,')
  const dialog = page.getByRole('dialog', { name: 'Settings' })
  await dialog.getByRole('tab', { name: tab }).click()
  return dialog.getByRole('tabpanel', { name: tab })
}

async function shut(page: Page): Promise<void> {
  // What had the focus may have been disabled, or have gone: the dialog takes it back.
  await page.waitForFunction(() => {
    const at = document.activeElement
    return at?.closest('[role="dialog"]') != null && !at.matches(':disabled')
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

test('a wrong password is said, and what one can do about it', async () => {
  const page = await stage.open(DESK)
  await page.getByLabel('Username').fill('nobody-of-that-name')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  const answer = page.waitForResponse(/\/v1\/auth\/login/u)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  expect((await answer).status()).toBe(401)
  await page.getByText('The username or the password is not right.').waitFor()
  stage.forgive(page, /Failed to load resource.* 401/u)
  await page.context().close()
})

test('the theme is kept over a reload', async () => {
  const page = await settings(anna, 'Appearance')
  await page.getByText('Dark', { exact: true }).click()
  const isDark = () =>
    anna.evaluate(() => getComputedStyle(document.documentElement).colorScheme === 'dark')
  await eventually(async () => expect(await isDark()).toBe(true))
  await anna.reload()
  await live(anna)
  expect(await isDark()).toBe(true)
  await anna.getByRole('dialog', { name: 'Settings' }).getByText('Light', { exact: true }).click()
  await eventually(async () => expect(await isDark()).toBe(false))
  await shut(anna)
})

test('what others may see is changed, and stays so', async () => {
  const page = await settings(anna, 'Privacy')
  const receipts = page.getByRole('switch', { name: /^Read receipts/u })
  expect(await receipts.isChecked()).toBe(true)
  const kept = anna.waitForResponse((answer) => answer.request().method() !== 'GET')
  await page.getByText('Read receipts').click()
  expect((await kept).ok()).toBe(true)
  await anna.reload()
  await live(anna)
  await eventually(async () => expect(await receipts.isChecked()).toBe(false))
  await shut(anna)
})

test('a session that is ended elsewhere ends there at once', async () => {
  const other = await stage.open(DESK)
  await signIn(other, 'anna')
  const page = await settings(anna, 'Sessions')
  await page.getByText('Another one').waitFor()
  await page.getByRole('button', { name: /^End the session of/u }).click()
  await page.getByText('Another one').waitFor({ state: 'detached' })
  await other.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  stage.forgiveAny(other, /Failed to load resource.* 401/u)
  await other.context().close()
  await shut(anna)
})

test('a name is changed, and shown by it from then on', async () => {
  const page = await settings(anna, 'Profile')
  await page.getByLabel('Name', { exact: true }).fill('Anna Maria')
  await page.getByRole('button', { name: 'Save' }).click()
  await anna.getByText('Your name is changed.').waitFor()
  await shut(anna)
  await openRoom(anna, 'First room')
  await say(anna, 'It is me')
  await (await heard(anna, 'It is me')).getByText('Anna Maria').waitFor()
})

test('a status with words is shown', async () => {
  await anna.getByRole('button', { name: /status and settings/u }).click()
  await anna.getByRole('menuitem', { name: /^Do not disturb/u }).click()
  await anna.getByRole('button', { name: /Do not disturb/u }).waitFor()
  await anna.getByRole('button', { name: /status and settings/u }).click()
  await anna.getByRole('menuitem', { name: 'Set a status text' }).click()
  // The menu is one too, as long as it fades.
  const dialog = anna.getByRole('dialog', { name: 'Status text' })
  await dialog.getByRole('textbox').fill('Gone fishing')
  await anna.keyboard.press('Enter')
  await anna.getByRole('button', { name: /Gone fishing/u }).waitFor()
  await dialog.waitFor({ state: 'detached' })
})

test('the palette leads to rooms by a few letters', async () => {
  await anna.keyboard.press('Control+k')
  await anna.getByRole('searchbox', { name: 'Room, person or action' }).fill('second')
  await anna.getByRole('menuitem', { name: 'Second room' }).waitFor()
  await anna.keyboard.press('Enter')
  await anna.getByRole('heading', { name: 'Second room' }).waitFor()
  await composer(anna).waitFor()
})

test('one Escape shuts the palette, also with words in it', async () => {
  await anna.keyboard.press('Control+k')
  const field = anna.getByRole('searchbox', { name: 'Room, person or action' })
  await field.fill('first')
  await anna.getByRole('menuitem', { name: 'First room' }).waitFor()
  await anna.keyboard.press('Escape')
  await field.waitFor({ state: 'detached' })
  await anna.keyboard.press('Control+k')
  await eventually(async () => expect(await field.inputValue()).toBe(''))
  await anna.keyboard.press('Escape')
  await field.waitFor({ state: 'detached' })
})

test('keys lead from room to room, to the search, and to the list of keys', async () => {
  await openRoom(anna, 'Second room')
  await anna.keyboard.press('Alt+ArrowDown')
  await anna.getByRole('heading', { name: 'First room' }).waitFor()
  await anna.keyboard.press('Alt+ArrowUp')
  await anna.getByRole('heading', { name: 'Second room' }).waitFor()
  await anna.keyboard.press('Control+Shift+F')
  await panel(anna).getByRole('searchbox', { name: 'Search messages' }).waitFor()
  await anna.keyboard.press('Escape')
  await panel(anna).waitFor({ state: 'detached' })
  await anna.getByRole('main').focus()
  await anna.keyboard.press('?')
  await anna.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await shut(anna)
})

test('the guarantees are shown, and all of them were kept', async () => {
  const page = await settings(anna, 'About')
  for (const name of ['gaps', 'doubles', 'regressions']) {
    expect(await page.getByTestId(`guarantee-${name}`).textContent()).toBe(`0 ${name}`)
  }
  await shut(anna)
})

test('who signs out is out, and comes back to the same rooms', async () => {
  await anna.getByRole('button', { name: /status and settings/u }).click()
  await anna.getByRole('menuitem', { name: 'Sign out' }).click()
  await signIn(anna, 'anna')
  await openRoom(anna, 'First room')
  await heard(anna, 'It is me')
})
