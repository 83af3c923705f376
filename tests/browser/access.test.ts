import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { violationsOf } from './axe.ts'
import {
  actOn,
  begin,
  composer,
  createRoom,
  heard,
  joinRoom,
  live,
  openRoom,
  panel,
  PASSWORD,
  press,
  register,
  roomId,
  roomRow,
  say,
  signIn,
  toRooms,
} from './people.ts'
import { DESK, PHONE, setStage } from './stage.ts'

const stage = setStage()
const LONG =
  'A name of a room that is so long that it fits on no telephone of this world, however wide'
let ben: Page

/** Something of everything, in the room of Anna and Ben. */
beforeAll(async () => {
  const [anna, other] = await Promise.all([stage.open(DESK), stage.open(DESK)])
  ben = other
  await Promise.all([register(anna, 'anna', 'Anna'), register(ben, 'ben', '本 Ben')])
  await createRoom(anna, LONG, { topic: 'A topic' })
  await createRoom(anna, 'Harbour', { topic: 'Boats and what they carry' })
  await joinRoom(ben, 'Harbour')
  await say(ben, `https://example.com/${'very-long-'.repeat(30)} and \`code\``)
  await say(ben, 'مرحبا بالجميع')
  await say(anna, 'Who is on deck?')
  await heard(anna, 'Who is on deck?')
  await press(anna, 'Who is on deck?', 'React')
  await anna.getByRole('button', { name: 'React with 👍' }).click()
  await press(anna, 'Who is on deck?', 'Reply in thread')
  await panel(anna).getByRole('textbox').fill('I am.')
  await panel(anna).getByRole('button', { name: 'Send', exact: true }).click()
  await panel(anna).getByRole('log').getByText('I am.').waitFor()
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
  await actOn(anna, 'Who is on deck?', 'Pin')
  await anna.getByLabel('Files to send').setInputFiles({
    name: 'cargo list with a rather long name that goes on and on.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('rope'),
  })
  await anna.getByRole('button', { name: /^Remove cargo/u }).waitFor()
  await say(anna, 'The list')
  // Moderators see no reports of what they said themselves.
  const carol = await stage.open(DESK)
  await register(carol, 'carol', 'Carol')
  await joinRoom(carol, 'Harbour')
  await actOn(carol, 'مرحبا بالجميع', 'Report')
  const report = carol.getByRole('dialog', { name: 'Report this message' })
  await report.getByRole('button', { name: 'Report', exact: true }).click()
  await report.waitFor({ state: 'detached' })
  await carol.context().close()
  await say(ben, 'Not for long')
  await actOn(ben, 'Not for long', 'Delete')
  await ben.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await anna.context().close()
})

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { name: `${colorScheme}, at a desk`, look: { ...DESK, colorScheme, reducedMotion: 'reduce' } },
  { name: `${colorScheme}, on a phone`, look: { ...PHONE, colorScheme, reducedMotion: 'reduce' } },
]) satisfies { name: string; look: Parameters<typeof stage.open>[0] }[]

const SETTINGS = [
  'profile',
  'notifications',
  'privacy',
  'sessions',
  'appearance',
  'keyboard',
  'about',
]

/** Looks at a page in one state after the other, and keeps what is wrong with each. */
function createLook(page: Page) {
  const wrong: Record<string, string[]> = {}
  const at = async (state: string): Promise<void> => {
    const found = await violationsOf(page)
    const isWide = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    if (isWide) found.push('the page scrolls sideways')
    if (found.length > 0) wrong[state] = found
  }
  return { wrong, at }
}

async function shut(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.locator('[role="dialog"], [role="menu"]').first().waitFor({ state: 'detached' })
}

async function lookAtPanels(page: Page, at: (state: string) => Promise<void>): Promise<void> {
  for (const name of ['Members', 'Pinned messages', 'Room details']) {
    await page.getByRole('button', { name: 'More about this room' }).click()
    if (name === 'Members') await at('the menu of the room')
    await page.getByRole('menuitem', { name }).click()
    await panel(page).locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    await at(name)
    if (name === 'Members') {
      await panel(page).getByRole('button', { name: 'Ben' }).click()
      await page.getByRole('button', { name: 'More about this person' }).waitFor()
      await at('a person')
      await shut(page)
    }
    if (name === 'Room details') {
      await panel(page).getByRole('button', { name: 'Moderation' }).click()
      await panel(page).getByRole('article').first().waitFor()
      await at('moderation')
    }
    await panel(page).getByRole('button', { name: 'Close panel' }).click()
  }
  await page.getByRole('button', { name: 'Search in room' }).click()
  await panel(page).getByRole('searchbox').fill('deck')
  await panel(page).locator('mark').first().waitFor()
  await at('search')
  await panel(page).getByRole('button', { name: 'Close panel' }).click()
  await page.getByRole('link', { name: '1 reply' }).click()
  await panel(page).getByRole('log').getByText('I am.').waitFor()
  await at('thread')
  await panel(page).getByRole('button', { name: 'Close panel' }).click()
}

async function lookAtDialogs(page: Page, at: (state: string) => Promise<void>): Promise<void> {
  for (const entry of ['New room', 'New message', 'Browse rooms', 'Join by invite']) {
    const dialog = await begin(page, entry)
    await dialog.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    await at(entry)
    await shut(page)
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('searchbox', { name: 'Room, person or action' }).waitFor()
  await at('palette')
  await shut(page)
  for (const tab of SETTINGS) {
    await page.evaluate((hash) => (location.hash = hash), `#/settings/${tab}`)
    await page.getByRole('tab', { name: tab, selected: true }).waitFor()
    await page.locator('[role="dialog"] [aria-busy="true"]').first().waitFor({ state: 'detached' })
    await at(`settings: ${tab}`)
  }
  await shut(page)
}

test.each(LOOKS)('axe finds nothing, and nothing scrolls sideways: $name', async ({ look }) => {
  const page = await stage.open(look)
  const { at, wrong } = createLook(page)
  await at('sign in')
  await page.getByRole('tab', { name: 'Register' }).click()
  await at('register')
  await page.getByRole('button', { name: 'Create account' }).click()
  await at('register, with errors')
  await page.getByRole('tab', { name: 'Sign in' }).click()
  await signIn(page, 'anna')
  await roomRow(page, 'Harbour').waitFor()
  await at('rooms')
  await openRoom(page, 'Harbour')
  await heard(page, 'The list')
  await at('a room')
  const row = await heard(page, 'Who is on deck?')
  await row.focus()
  await row.press('Enter')
  await page.getByRole('menu').waitFor()
  await at('the menu of a message')
  await shut(page)
  await composer(page).fill('A draft with @')
  await composer(page).press('End')
  await page.getByRole('button', { name: 'Emoji', exact: true }).click()
  await page.getByRole('gridcell').first().waitFor()
  await at('emoji')
  await shut(page)
  await composer(page).fill('')
  await lookAtPanels(page, at)
  await toRooms(page)
  await lookAtDialogs(page, at)
  expect(wrong).toEqual({})
  await page.context().close()
})

test('who has no room, and who lost the network, find nothing wrong either', async () => {
  const page = await stage.open({ ...PHONE, reducedMotion: 'reduce' })
  const { at, wrong } = createLook(page)
  await register(page, 'carl', 'Carl')
  await page.getByText('You are in no room yet').waitFor()
  await at('no room')
  await joinRoom(page, 'Harbour')
  await page.context().setOffline(true)
  await page.getByText(/^Offline/u).waitFor()
  await say(page, 'Waiting')
  await page.locator('.conv-message[data-state="pending"]').waitFor()
  await at('offline')
  await page.context().setOffline(false)
  await live(page)
  await heard(page, 'Waiting')
  stage.forgiveAny(page, /WebSocket connection|Failed to load resource/u)
  expect(wrong).toEqual({})
  await page.context().close()
})

/** Where the keyboard is, and whether that is to be seen. */
const focusOf = (page: Page): Promise<{ what: string; isSeen: boolean }> =>
  page.evaluate(() => {
    const at = document.activeElement
    if (at === null || at === document.body) return { what: 'nothing', isSeen: false }
    const ring = (element: Element | null): boolean => {
      if (element === null) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    }
    const what = at.getAttribute('aria-label') ?? at.textContent ?? at.tagName
    const isSeen = [at, at.parentElement, at.parentElement?.parentElement ?? null].some(ring)
    return { what, isSeen: isSeen && at.matches(':focus-visible') }
  })

/** Goes on by Tab until something of this name has the focus. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let steps = 0; steps < 40; steps += 1) {
    const { what, isSeen } = await focusOf(page)
    passed.push(what)
    if (name.test(what)) {
      expect({ what, isSeen }).toEqual({ what, isSeen: true })
      return
    }
    await page.keyboard.press(key)
  }
  throw new Error(`Tab did not lead to ${name}; it led to ${passed.join(' / ')}`)
}

test('everything is done by the keyboard, and one sees where one is', async () => {
  const page = await stage.open(DESK)
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
  await page.keyboard.type('anna')
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await live(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('searchbox', { name: 'Room, person or action' }).waitFor()
  await page.keyboard.type('harb')
  await page.getByRole('menuitem', { name: 'Harbour' }).waitFor()
  await page.keyboard.press('Enter')
  await composer(page).waitFor()
  expect(roomId(page)).not.toBe('')
  await tabTo(page, /^Message Harbour/u)
  await page.keyboard.type('By keys alone')
  await page.keyboard.press('Enter')
  const row = await heard(page, 'By keys alone')
  // What the server has not answered yet cannot be reacted to.
  await page.locator('.conv-message[data-state="pending"]').first().waitFor({ state: 'detached' })
  await tabTo(page, /, \d{1,2}:\d\d: /u, 'Shift+Tab')
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('By keys alone'))
  await page.keyboard.press('+')
  await page.getByRole('button', { name: 'React with 👍' }).waitFor()
  await page.keyboard.press('Enter')
  await row.getByRole('button', { name: '👍, 1' }).waitFor()
  await row.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menu', { name: 'Message actions' }).waitFor()
  await page.keyboard.press('ArrowDown')
  expect((await focusOf(page)).isSeen).toBe(true)
  await shut(page)
  // What the menu was of has the focus again; between the two it is the page's, which has all texts.
  await page.waitForFunction(
    (element) => element === document.activeElement,
    await row.elementHandle(),
  )
  await page.keyboard.press('r')
  await page.getByText('Reply to Anna').waitFor()
  await page.keyboard.type('An answer by keys')
  await page.keyboard.press('Enter')
  await heard(page, 'An answer by keys')
  await page.keyboard.press('Control+Shift+F')
  await panel(page).getByRole('searchbox').waitFor()
  await page.keyboard.press('Escape')
  await panel(page).waitFor({ state: 'detached' })
  await page.context().close()
})
