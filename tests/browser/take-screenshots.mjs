// Makes docs/images anew: starts a cluster of its own with the demo data, and ends it.
//   node tests/browser/take-screenshots.mjs [url of a cluster with demo data]
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, startTestCluster } from '@parley/testkit'
import { chromium } from 'playwright-core'

const images = process.env.IMAGES ?? fileURLToPath(new URL('../../docs/images', import.meta.url))
const DESK = { viewport: { width: 1440, height: 900 } }
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }
const made = []

const [given] = process.argv.slice(2)
// The page of the element is of another origin, which the servers have to know when they start.
const port = await freePort()
const origins = { ALLOWED_ORIGINS: `http://localhost:${port}` }
const { WEB_DIST_DIR } = process.env
const site = WEB_DIST_DIR === undefined ? {} : { WEB_DIST_DIR }
const cluster =
  given === undefined
    ? await startTestCluster({
        seed: true,
        env: { api: { ...site, ...origins }, gateway: origins },
      })
    : null
const url = given ?? cluster.url

mkdirSync(images, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--font-render-hinting=none'],
})
try {
  await setTheStage()
  await signIn()
  for (const colorScheme of ['light', 'dark']) {
    const suffix = colorScheme === 'light' ? '' : '-dark'
    await room(`page-desktop${suffix}`, { ...DESK, colorScheme })
    await room(`page-phone${suffix}`, { ...PHONE, colorScheme })
  }
  await threadAndMembers()
  await searching()
  await settings()
  await palette()
  await roomsOnPhone()
  if (cluster !== null) await element()
} finally {
  await browser.close()
  await cluster?.stop()
}
console.log(`Made ${made.map((name) => `docs/images/${name}.png`).join(', ')}.`)

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address()
  server.close()
  await once(server, 'close')
  return free
}

/** Always the same but for the times: the demo data are of today. */
async function open(look, at = url) {
  const context = await browser.newContext({
    deviceScaleFactor: look.isMobile ? 1.5 : 1,
    locale: 'en-GB',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    ...look,
  })
  const page = await context.newPage()
  await page.goto(at)
  return page
}

async function openAs(username, look) {
  const page = await open(look)
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill('parley-demo')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.locator('.shell[data-connection="live"]').waitFor({ state: 'attached' })
  return page
}

async function openRoom(page, name) {
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name }).first().click()
  await page.getByRole('log', { name: 'Messages' }).locator('.conv-message').last().waitFor()
}

async function shoot(page, name, { isFocused = false } = {}) {
  // Nothing blinks, nothing hovers, and what is loading has come.
  if (!isFocused) await page.evaluate(() => document.activeElement?.blur())
  await page.mouse.move(0, 0)
  await page.evaluate(() => document.fonts.ready)
  await page.waitForLoadState('networkidle')
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.screenshot({
    path: join(images, `${name}.png`),
    caret: 'hide',
    animations: 'disabled',
  })
  made.push(name)
  await page.context().close()
}

function panelOf(page) {
  return page.getByRole('complementary')
}

async function press(page, text, button) {
  const row = page.locator('.conv-message', { hasText: text }).last()
  await eventually(
    async () => {
      // The list may move away below a pointer that rests.
      await row.hover()
      await row.getByRole('button', { name: button, exact: true }).click({ timeout: 2_000 })
    },
    { timeoutMs: 30_000 },
  )
}

/** Reactions, a thread, a pin and an answer, which the demo data have not. */
async function setTheStage() {
  const page = await openAs('dan', DESK)
  await openRoom(page, 'lobby')
  await press(page, 'Slides are ready', 'React')
  await page.getByRole('button', { name: 'React with 👍' }).click()
  await press(page, 'Who wants to press the button', 'Reply in thread')
  const field = panelOf(page).getByRole('textbox', { name: 'Reply in thread' })
  for (const text of ['Can I watch from the first row?', 'Bring popcorn 🍿']) {
    await field.fill(text)
    await field.press('Enter')
    await panelOf(page).getByRole('log').getByText(text).waitFor()
  }
  await panelOf(page).getByRole('button', { name: 'Close panel' }).click()
  await page.context().close()
}

async function signIn() {
  const page = await open({ ...DESK, colorScheme: 'light' })
  await page.getByLabel('Username').fill('alice')
  await shoot(page, 'sign-in')
}

async function room(name, look) {
  const page = await openAs('alice', look)
  await openRoom(page, 'lobby')
  await shoot(page, name)
}

async function threadAndMembers() {
  const thread = await openAs('alice', { ...DESK, colorScheme: 'light' })
  await openRoom(thread, 'lobby')
  await thread.getByRole('link', { name: '2 replies' }).click()
  await panelOf(thread).getByText('Bring popcorn').waitFor()
  await shoot(thread, 'thread')
  const members = await openAs('alice', { ...DESK, colorScheme: 'dark' })
  await openRoom(members, 'lobby')
  await members.getByRole('button', { name: 'Members' }).click()
  await panelOf(members).getByRole('button', { name: 'Carol' }).waitFor()
  await shoot(members, 'members')
}

async function searching() {
  const page = await openAs('alice', { ...DESK, colorScheme: 'light' })
  await openRoom(page, 'lobby')
  await page.getByRole('button', { name: 'Search in room' }).click()
  await panelOf(page).getByRole('searchbox', { name: 'Search messages' }).fill('gateway')
  await panelOf(page).locator('mark').first().waitFor()
  await shoot(page, 'search')
}

async function settings() {
  const page = await openAs('alice', { ...DESK, colorScheme: 'dark' })
  await openRoom(page, 'lobby')
  await page.evaluate(() => (location.hash = '#/settings/notifications'))
  await page.getByRole('dialog', { name: 'Settings' }).getByRole('tabpanel').waitFor()
  await shoot(page, 'settings')
}

async function palette() {
  const page = await openAs('alice', { ...DESK, colorScheme: 'light' })
  await openRoom(page, 'lobby')
  await page.keyboard.press('Control+k')
  await page.getByRole('searchbox', { name: 'Room, person or action' }).fill('de')
  await page.getByRole('menuitem', { name: 'design-review' }).waitFor()
  await shoot(page, 'palette', { isFocused: true })
}

async function roomsOnPhone() {
  const page = await openAs('bob', { ...PHONE, colorScheme: 'light' })
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link').first().waitFor()
  await shoot(page, 'rooms-phone')
}

/** One tag in another page, in Chinese and from right to left. */
async function element() {
  const serve = fileURLToPath(new URL('../../examples/plain-html/serve.mjs', import.meta.url))
  const site = spawn(process.execPath, [serve, url, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(site.stdout, 'data')
    const page = await open(
      { viewport: { width: 900, height: 720 }, colorScheme: 'light' },
      `http://localhost:${port}/?url=${url}`,
    )
    await page.getByRole('textbox').waitFor()
    await page.getByRole('button', { name: 'English or Chinese' }).click()
    await page.getByRole('button', { name: 'Left or right' }).click()
    await page.getByRole('button', { name: '发送' }).waitFor()
    await page.getByRole('textbox').fill('大家好！')
    await shoot(page, 'element')
  } finally {
    site.kill()
  }
}
