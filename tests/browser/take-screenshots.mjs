// Makes docs/images anew from a running cluster with its demo data:
//   npm start -- --fresh      and in another terminal
//   node tests/browser/take-screenshots.mjs [url]
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const clusterFile = join(repository, '.parley/cluster.json')
const url = process.argv[2] ?? JSON.parse(readFileSync(clusterFile, 'utf8')).url
const images = join(repository, 'docs/images')

const PICTURES = [
  { name: 'page-desktop', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'page-phone', width: 390, height: 780, colorScheme: 'dark', isMobile: true },
]

mkdirSync(images, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
})
try {
  for (const { name, width, height, ...look } of PICTURES) {
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: 2,
      locale: 'en-GB',
      timezoneId: 'Asia/Shanghai',
      ...look,
    })
    const page = await context.newPage()
    await page.goto(url)
    await page.getByLabel('Username').fill('alice')
    await page.getByLabel('Password').fill('parley-demo')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('link', { name: 'lobby' }).click()
    await page.locator('.message').last().waitFor()
    await page.locator('.gateway.is-online').waitFor({ state: 'attached' })
    await page.evaluate(() => document.activeElement?.blur())
    await page.screenshot({ path: join(images, `${name}.png`) })
    await context.close()
  }
} finally {
  await browser.close()
}
console.log(`Made ${PICTURES.map(({ name }) => `docs/images/${name}.png`).join(' and ')}.`)
