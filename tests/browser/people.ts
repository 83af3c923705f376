import { eventually } from '@parley/testkit'
import type { Locator, Page } from 'playwright-core'

export const PASSWORD = 'a long enough password'

const nav = (page: Page): Locator => page.getByRole('navigation', { name: 'Rooms' })

/** The connection is up and nothing is missing. */
export const live = (page: Page): Promise<void> =>
  page.locator('.shell[data-connection="live"]').waitFor({ state: 'attached', timeout: 60_000 })

export async function register(page: Page, username: string, name = username): Promise<void> {
  await page.getByRole('tab', { name: 'Register' }).click()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await live(page)
}

export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await live(page)
}

export async function comeAsGuest(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name: 'Guest' }).click()
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  await live(page)
}

/** To the list of rooms, where it is not beside the conversation. */
export async function toRooms(page: Page): Promise<void> {
  if (!(await nav(page).isVisible())) {
    await page.getByRole('button', { name: 'Back to the rooms' }).click()
  }
  await nav(page).waitFor()
}

/** What the button for new conversations offers. */
export async function begin(page: Page, entry: string): Promise<Locator> {
  await toRooms(page)
  await page.getByRole('button', { name: 'New message or room' }).click()
  await page.getByRole('menuitem', { name: entry }).click()
  const dialog = page.getByRole('dialog', { name: entry, exact: true })
  await dialog.waitFor()
  return dialog
}

export async function createRoom(
  page: Page,
  name: string,
  { topic, isPrivate = false }: { readonly topic?: string; readonly isPrivate?: boolean } = {},
): Promise<void> {
  const dialog = await begin(page, 'New room')
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  if (topic !== undefined) await dialog.getByLabel('Topic').fill(topic)
  if (isPrivate) await dialog.getByRole('radio', { name: 'Private' }).click({ force: true })
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await composer(page).waitFor()
}

/** By looking through the public rooms. */
export async function joinRoom(page: Page, name: string): Promise<void> {
  const dialog = await begin(page, 'Browse rooms')
  await dialog.getByRole('searchbox').fill(name)
  await dialog.getByRole('button', { name: `Join ${name}` }).click()
  await dialog.waitFor({ state: 'detached' })
  await composer(page).waitFor()
}

export const roomRow = (page: Page, name: string): Locator =>
  nav(page)
    .getByRole('link')
    .filter({ has: page.locator('.sidebar-row-title').getByText(name, { exact: true }) })

export async function openRoom(page: Page, name: string): Promise<void> {
  await toRooms(page)
  await roomRow(page, name).click()
  await composer(page).waitFor()
}

/** Of the conversation, not of a thread. */
export const composer = (page: Page): Locator =>
  page.getByRole('main').getByRole('textbox', { name: /^Message / })

export const panel = (page: Page): Locator => page.getByRole('complementary')
export const log = (page: Page): Locator => page.getByRole('log', { name: 'Messages' })

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await page.getByRole('main').getByRole('button', { name: 'Send', exact: true }).click()
}

/** One that is stored. */
export const messageRow = (page: Page, text: string): Locator =>
  log(page).locator('.conv-message[data-state="stored"]', {
    has: page.locator('.conv-text, .conv-deleted', { hasText: text }),
  })

export async function heard(page: Page, text: string): Promise<Locator> {
  const row = messageRow(page, text)
  await row.waitFor()
  return row
}

/** Of the buttons that are there while the pointer is over a message. */
export async function press(page: Page, text: string, button: string): Promise<void> {
  const row = messageRow(page, text)
  await eventually(
    async () => {
      // The list may move away below a pointer that rests.
      await row.hover()
      await row.getByRole('button', { name: button, exact: true }).click({ timeout: 2_000 })
    },
    { timeoutMs: 20_000 },
  )
}

/** Of the menu that hangs on a message. */
export async function actOn(page: Page, text: string, entry: string): Promise<void> {
  await press(page, text, 'More actions')
  await page.getByRole('menuitem', { name: entry, exact: true }).click()
}

/** Says yes to a question. */
export async function confirm(page: Page, action: string): Promise<void> {
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: action, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** The id of the room that is open. */
export const roomId = (page: Page): string => /#\/rooms\/([^/]+)/u.exec(page.url())?.[1] ?? ''

/** Name of the gateway that holds the session. */
export const gatewayOf = async (page: Page): Promise<string> =>
  (await page.locator('.shell').getAttribute('data-gateway')) ?? ''
