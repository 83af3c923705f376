import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PASSWORD = 'a long enough password'
const ROOM = 'meeting point'

let cluster: TestCluster
/** On a desk, and on a phone. The first test brings them together. */
let anna: Page
let ben: Page
const opened: { browser: BrowserContext; dir: string }[] = []

beforeAll(async () => {
  cluster = await startTestCluster()
})

afterAll(async () => {
  for (const { browser, dir } of opened) {
    await browser.close()
    rmSync(dir, { recursive: true, force: true })
  }
  await cluster?.stop()
})

/** A browser of its own, with a profile that nobody used before. */
async function openBrowser(width: number, height: number): Promise<Page> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-browser-'))
  const browser = await chromium.launchPersistentContext(dir, {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    viewport: { width, height },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  browser.setDefaultTimeout(15_000)
  const page = browser.pages()[0] ?? (await browser.newPage())
  opened.push({ browser, dir })
  await page.goto(cluster.url)
  return page
}

async function register(page: Page, username: string): Promise<void> {
  await page.getByRole('tab', { name: 'Register' }).click()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Your name').fill(username.toUpperCase())
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.locator('.gateway.is-online').waitFor({ state: 'attached' })
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.keyboard.press('Enter')
}

const message = (page: Page, text: string) =>
  page.locator('.message.is-sent', { has: page.locator('.text', { hasText: text }) })

const gatewayOf = async (page: Page): Promise<string> =>
  (await page.getByTestId('gateway').textContent()) ?? ''

const seqsOf = (page: Page): Promise<(string | null)[]> =>
  page.locator('.message').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-seq')))

/** The balancer takes the gateway with the fewest connections: a new connection goes to another one. */
async function reconnectUntilElsewhere(page: Page, than: string): Promise<void> {
  for (let attempts = 0; attempts < 6 && (await gatewayOf(page)) === than; attempts += 1) {
    await page.reload()
    await page.locator('.gateway.is-online').waitFor({ state: 'attached' })
  }
}

test('two people in two browsers on two gateways talk to each other', async () => {
  anna = await openBrowser(1280, 800)
  ben = await openBrowser(360, 740)
  await register(anna, 'anna')
  await register(ben, 'ben')
  await reconnectUntilElsewhere(ben, await gatewayOf(anna))
  expect(await gatewayOf(anna)).toMatch(/^gateway g\d$/u)
  expect(await gatewayOf(ben)).not.toBe(await gatewayOf(anna))

  await anna.getByRole('button', { name: 'Join or create a room' }).click()
  await anna.getByLabel('Name of a new room').fill(ROOM)
  await anna.getByRole('button', { name: 'Create', exact: true }).click()
  await anna.getByText('No messages yet.').waitFor()

  await ben.getByRole('button', { name: 'Join or create a room' }).click()
  await ben.getByRole('button', { name: ROOM }).click()
  await ben.getByText('No messages yet.').waitFor()

  await say(anna, 'Can you hear me?')
  await message(ben, 'Can you hear me?').waitFor()
  await say(ben, 'Yes, very well.')
  await message(anna, 'Yes, very well.').waitFor()
  await message(anna, 'Can you hear me?').waitFor()
  expect(await anna.locator('.message').count()).toBe(2)
  await message(anna, 'Yes, very well.').locator('.sender', { hasText: 'BEN' }).waitFor()
})

test('what somebody wrote is shown as text, never run', async () => {
  const attack = '<img src=x onerror="document.title=\'hacked\'">'
  await say(anna, attack)
  await message(ben, attack).waitFor()

  expect(await message(ben, attack).locator('.text').textContent()).toBe(attack)
  expect(await ben.locator('.message img').count()).toBe(0)
  expect(await ben.title()).not.toBe('hacked')
})

test('an edit and a deletion reach the other one', async () => {
  await say(anna, 'See you at five')
  await message(ben, 'See you at five').waitFor()

  await anna.keyboard.press('ArrowUp')
  await anna.getByText('Editing a message').waitFor()
  await say(anna, 'See you at six')
  await message(ben, 'See you at six').getByText('edited').waitFor()
  expect(await message(ben, 'See you at five').count()).toBe(0)

  await message(anna, 'See you at six').hover()
  await message(anna, 'See you at six').getByLabel('Delete message').click()
  await anna.getByRole('button', { name: 'Delete', exact: true }).click()
  await message(ben, 'This message was deleted.').waitFor()
  expect(await message(ben, 'See you at six').count()).toBe(0)
})

test('who writes while offline has it sent once the connection is back', async () => {
  const gateway = (await gatewayOf(ben)).replace('gateway ', '')
  const pid = cluster.info().gateways.find(({ name }) => name === gateway)?.pid ?? 0
  expect(pid).toBeGreaterThan(0)
  process.kill(pid, 'SIGKILL')
  await say(ben, 'From the elevator')
  await say(anna, 'Meanwhile')

  await message(anna, 'From the elevator').waitFor({ timeout: 30_000 })
  await message(ben, 'Meanwhile').waitFor()
  await message(ben, 'From the elevator').waitFor()
  expect(await anna.locator('.text', { hasText: 'From the elevator' }).count()).toBe(1)
  expect(await gatewayOf(ben)).not.toBe(`gateway ${gateway}`)
  expect(await seqsOf(ben)).toEqual(await seqsOf(anna))
})

test('nothing has to be scrolled sideways on a narrow phone', async () => {
  const isTooWide = () => ben.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
  await say(ben, `https://example.com/${'very-long-'.repeat(30)}`)
  await message(ben, 'very-long-').waitFor()
  expect(await isTooWide()).toBe(false)

  await ben.getByRole('button', { name: 'Back to the rooms' }).click()
  await ben.getByRole('link', { name: ROOM }).waitFor()
  expect(await isTooWide()).toBe(false)
})
