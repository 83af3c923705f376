import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violationsOf } from './axe.ts'
import { createRoom, heard, register, roomId, say } from './people.ts'
import { DESK, PHONE, setStage } from './stage.ts'

/** The page of the example is of another origin, which the servers have to know when they start. */
const port = await freePort()
const origins = { ALLOWED_ORIGINS: `http://localhost:${port}` }
const stage = setStage({ cluster: { env: { api: origins, gateway: origins } } })
let anna: Page
let site: ChildProcess

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

beforeAll(async () => {
  const serve = fileURLToPath(new URL('../../examples/plain-html/serve.mjs', import.meta.url))
  site = spawn(process.execPath, [serve, stage.cluster().url, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (site.stdout !== null) await once(site.stdout, 'data')
  anna = await stage.open(DESK)
  await register(anna, 'anna', 'Anna')
  await createRoom(anna, 'Shop')
})
afterAll(() => site.kill())

const visit = (look: Parameters<typeof stage.open>[0]): Promise<Page> => {
  const { url } = stage.cluster()
  return stage.openAt(`http://localhost:${port}/?url=${url}&room=${roomId(anna)}`, look)
}

test('a visitor of a page with one tag talks with somebody in the web client', async () => {
  const page = await visit(DESK)
  await page.getByRole('textbox', { name: 'Write to Shop' }).fill('Do you have hats?')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await heard(anna, 'Do you have hats?')
  await say(anna, 'Red and blue ones.')
  await page.getByRole('log').getByText('Red and blue ones.').waitFor()
  expect(await violationsOf(page)).toEqual([])
  await page.context().close()
})

test('what somebody says is shown as text there too', async () => {
  const page = await visit(DESK)
  const attack = `<img src=x onerror=window.ran='element'><script>window.ran=1</script>`
  await say(anna, attack)
  await page.getByRole('log').getByText(attack).waitFor()
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  expect(await page.evaluate(() => (window as { ran?: unknown }).ran)).toBeUndefined()
  await page.context().close()
})

test.each([
  { name: 'light, at a desk', look: { ...DESK, colorScheme: 'light' } },
  { name: 'dark, on a phone', look: { ...PHONE, colorScheme: 'dark' } },
] as const)('in Chinese, from right to left, axe finds nothing: $name', async ({ look }) => {
  const page = await visit({ ...look, reducedMotion: 'reduce' })
  await page.getByRole('textbox', { name: 'Write to Shop' }).waitFor()
  await page.getByRole('button', { name: 'English or Chinese' }).click()
  await page.getByRole('button', { name: 'Left or right' }).click()
  await page.getByRole('button', { name: '发送' }).waitFor()
  const conversation = page.locator('[part="conversation"]')
  expect(await conversation.evaluate((part) => getComputedStyle(part).direction)).toBe('rtl')
  expect(await violationsOf(page)).toEqual([])
  const isWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(isWide).toBe(false)
  await page.context().close()
})
