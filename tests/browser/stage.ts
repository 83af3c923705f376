import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
  type WebSocket,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { teachPainted } from './painted.ts'

export const DESK = { viewport: { width: 1440, height: 900 } } as const
/** A finger in place of a mouse. */
export const PHONE = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
} as const

const NETWORK = /WebSocket connection to|Failed to load resource|net::ERR_/u

export interface StageOptions {
  readonly cluster?: Parameters<typeof startTestCluster>[0]
  /** The network, or what is behind it, is broken on purpose: what a browser says of that is no problem. */
  readonly isNetworkBroken?: boolean
}

export interface Stage {
  readonly cluster: () => TestCluster
  /** A browser of its own, which nobody used before, at the page that the balancer serves. */
  readonly open: (look?: BrowserContextOptions) => Promise<Page>
  /** One more tab of the browser of this page. */
  readonly openTab: (beside: Page) => Promise<Page>
  /** How many Socket.IO connections this page has open itself. */
  readonly socketsOf: (page: Page) => number
  /** Takes back a complaint that had to come; it has to have come. */
  readonly forgive: (page: Page, complaint: RegExp) => void
  /** Takes back what a browser may say, and may not. */
  readonly forgiveAny: (page: Page, complaint: RegExp) => void
  /** Another page than ours, watched in the same way. */
  readonly openAt: (url: string, look?: BrowserContextOptions) => Promise<Page>
}

/** A cluster for a file of tests, and browsers in which nothing may go wrong unsaid. */
export function setStage({ cluster: wanted, isNetworkBroken = false }: StageOptions = {}): Stage {
  let cluster: TestCluster
  const browsers: Browser[] = []
  const pages = new Map<Page, string[]>()
  const sockets = new Map<Page, Set<WebSocket>>()

  beforeAll(async () => {
    const site = process.env['WEB_DIST_DIR']
    const api = { ...(site === undefined ? {} : { WEB_DIST_DIR: site }), ...wanted?.env?.api }
    cluster = await startTestCluster({ ...wanted, env: { ...wanted?.env, api } })
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPictures(task.name, [...pages.keys()])
    const problems = [...pages.values()].flatMap((said) => said.splice(0))
    expect(problems, 'what the pages complained of').toEqual([])
  })
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()))
    await cluster?.stop()
  })

  function watch(page: Page): Page {
    const problems: string[] = []
    pages.set(page, problems)
    page.setDefaultTimeout(20_000)
    const open = new Set<WebSocket>()
    sockets.set(page, open)
    page.on('websocket', (socket) => {
      if (!socket.url().includes('/socket.io/')) return
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    })
    page.on('close', () => open.clear())
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`))
    page.on('dialog', (dialog) => {
      problems.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss().catch(() => undefined)
    })
    page.on('console', (line) => {
      if (line.type() !== 'error') return
      const text = line.text()
      if (isNetworkBroken && NETWORK.test(text)) return
      problems.push(`console: ${text} (${line.location().url})`)
    })
    return page
  }
  function forgiveAny(page: Page, complaint: RegExp): number {
    const problems = pages.get(page) ?? []
    const kept = problems.filter((problem) => !complaint.test(problem))
    return problems.splice(0, Infinity, ...kept).length - kept.length
  }
  async function openAt(url: string, look: BrowserContextOptions = DESK): Promise<Page> {
    const browser = await launch()
    browsers.push(browser)
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      ...look,
    })
    await teachPainted(context)
    const page = watch(await context.newPage())
    await page.goto(url)
    return page
  }
  return {
    cluster: () => cluster,
    socketsOf: (page) => sockets.get(page)?.size ?? 0,
    openAt,
    forgive(page, complaint) {
      const forgiven = forgiveAny(page, complaint)
      expect(forgiven, 'complaints that had to come').toBeGreaterThan(0)
    },
    forgiveAny,
    open: (look) => openAt(cluster.url, look),
    async openTab(beside) {
      const page = watch(await beside.context().newPage())
      await page.goto(beside.url())
      return page
    },
  }
}

const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** What was to be seen when a test failed, in the folder that `TEST_PICTURES` names. */
async function keepPictures(name: string, pages: readonly Page[]): Promise<void> {
  const folder = process.env['TEST_PICTURES']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  const file = name.replaceAll(/\W+/gu, '-').slice(0, 60)
  for (const [index, page] of pages.entries()) {
    if (page.isClosed()) continue
    const path = join(folder, `${file}-${index}.png`)
    await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined)
  }
}
