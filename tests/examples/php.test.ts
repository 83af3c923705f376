import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, freePort } from '@parley/local-cluster'
import { eventually, rest, startTestCluster, type TestCluster } from '@parley/testkit'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { HOST, type PhpSite, runProgram, startPhpSite } from './php-site.ts'

const WAYS = ['ajax-polling', 'long-polling', 'host-login', 'server-publishing'] as const
type Way = (typeof WAYS)[number]
const WHO = {
  'ajax-polling': { login: 'ada', name: 'Ada Lovelace' },
  'long-polling': { login: 'ben', name: 'Ben Okri' },
  'host-login': { login: 'cleo', name: 'Cleo <b>K</b>' },
  'server-publishing': { login: 'dora', name: 'Orders' },
} as const satisfies Record<Way, { login: string; name: string }>

let cluster: TestCluster
let site: PhpSite
let browser: Browser
let pages: Record<Way, Page>
let rootKey: string
const problems: string[] = []

beforeAll(async () => {
  const port = await freePort()
  const settings = { ...HOST, ALLOWED_ORIGINS: `http://127.0.0.1:${port}` }
  const env = { api: settings, gateway: settings, worker: { WEBHOOK_FIRST_RETRY_MS: '500' } }
  ;[cluster, browser] = await Promise.all([
    startTestCluster({ apis: 1, gateways: 1, env }),
    chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? findProgram('chromium') ?? '',
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    }),
  ])
  rootKey = readFileSync(join(cluster.dir, 'secrets/root-api-key'), 'utf8').trim()
  site = await startPhpSite(cluster, port)
  const opened = await Promise.all(WAYS.map(async (way) => [way, await open(way)] as const))
  pages = Object.fromEntries(opened) as Record<Way, Page>
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  await cluster?.stop()
})
afterEach(() => {
  expect(problems.splice(0), 'what the pages complained of').toEqual([])
})

/** Signs in at the site, and goes the way. */
async function open(way: Way): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  // A worker of PHP's own server that waits in a long poll leaves whoever it has accepted waiting too.
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => problems.push(`${way}: ${error.message}`))
  page.on('dialog', (dialog) => {
    problems.push(`${way}: a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (line) => {
    // That the site is away for a moment is what one of the tests is about.
    if (line.type() !== 'error' || line.text().startsWith('Failed to load resource')) return
    if (/WebSocket connection|ERR_/u.test(line.text())) return
    problems.push(`${way}: ${line.text()}`)
  })
  await page.goto(site.url)
  await page.getByLabel('Login').fill(WHO[way].login)
  await page.getByLabel('Password').fill('let-me-in')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator(`a[href="/${way}/"]`).click()
  await page
    .getByRole('log')
    .waitFor()
    .catch(async (cause: unknown) => {
      const shown = await page.locator('body').innerText()
      throw new Error(`${way} shows no messages at ${page.url()}, but: ${shown}`, { cause })
    })
  return page
}

let order = 0
/** Says it by the means of this way. */
async function say(way: Way, text: string): Promise<void> {
  const page = pages[way]
  if (way === 'server-publishing') {
    order += 1
    await page.getByLabel('Order').fill(String(order))
    await page.getByLabel('Note').fill(text)
    await page.getByRole('button', { name: 'It was paid' }).click()
    return
  }
  const field = page.getByRole('textbox')
  await field.fill(text)
  await field.press('Enter')
}

interface Shown {
  readonly seq: number
  readonly text: string
}

/** What a page shows, in the order in which it is there, also in the shadow of the element. */
const shownIn = (page: Page): Promise<Shown[]> =>
  page.locator('[data-seq]').evaluateAll((rows) =>
    rows.map((row) => ({
      seq: Number((row as HTMLElement).dataset['seq']),
      text: row.textContent ?? '',
    })),
  )

/** Every page shows these texts, each once; answers what they are under. */
async function shownEverywhere(texts: readonly string[]): Promise<number[]> {
  const ofOnePage = await Promise.all(
    WAYS.map((way) =>
      eventually(
        async () => {
          const shown = await shownIn(pages[way])
          return texts.map((text) => {
            const found = shown.filter((row) => row.text.includes(text))
            expect(found, `${text} in ${way}`).toHaveLength(1)
            return found[0]?.seq ?? 0
          })
        },
        { timeoutMs: 30_000, everyMs: 100 },
      ),
    ),
  )
  for (const seqs of ofOnePage) expect(seqs).toEqual(ofOnePage[0])
  return ofOnePage[0] ?? []
}

const list = (path: string): Promise<unknown> => rest(cluster.url, 'GET', path, { token: rootKey })

/** The last that was tried: deliveries are listed in their order, the latest page first. */
async function newestDelivery(
  id: string,
): Promise<{ seq: number; attemptedAt: string } | undefined> {
  const { data } = (await list(`/v1/webhooks/${id}/deliveries`)) as {
    data: { seq: number; attemptedAt: string }[]
  }
  return data.at(-1)
}

describe('the four ways', () => {
  test('what is said in each arrives in all, once, in one order under the same seq', async () => {
    const texts = WAYS.map((way) => `Hello from ${way}.`)
    for (const way of WAYS) {
      await say(way, `Hello from ${way}.`)
      // Before the wait of a long poll is over: nobody's session holds up what the same person sends.
      await pages[way].locator('[data-seq]', { hasText: `Hello from ${way}.` }).waitFor()
    }
    await shownEverywhere(texts)
    // All at once, and more than one.
    const more = WAYS.flatMap((way) => [1, 2].map((n) => `More of ${way}, ${n}.`))
    for (const n of [1, 2]) {
      await Promise.all(
        WAYS.map(async (way) => {
          await say(way, `More of ${way}, ${n}.`)
          await pages[way].locator('[data-seq]', { hasText: `More of ${way}, ${n}.` }).waitFor()
        }),
      )
    }
    await shownEverywhere(more)
    const orders = await Promise.all(
      WAYS.map(async (way) => (await shownIn(pages[way])).map(({ seq }) => seq)),
    )
    for (const seqs of orders) {
      expect(seqs).toHaveLength(texts.length + more.length)
      expect(seqs).toEqual([...seqs].toSorted((one, other) => one - other))
      expect(seqs).toEqual(orders[0])
    }
  })

  test('people appear by themselves, under the names that the site gives them', async () => {
    const reader = pages['ajax-polling']
    for (const way of WAYS) {
      const row = reader.locator('[data-seq]', { hasText: `Hello from ${way}.` })
      expect(await row.textContent()).toMatch(new RegExp(`^${WHO[way].name}: `, 'u'))
    }
  })

  test('what looks like HTML is text in every page', async () => {
    const attack = (way: Way): string =>
      `${way} <script>window.ran='${way}'</script><img src=x onerror="window.ran=1">`
    for (const way of WAYS) await say(way, attack(way))
    await shownEverywhere(WAYS.map(attack))
    for (const way of WAYS) {
      const page = pages[way]
      expect(await page.evaluate(() => (window as { ran?: unknown }).ran)).toBeUndefined()
      expect(await page.locator('[data-seq] script, [data-seq] b b, img[src="x"]').count()).toBe(0)
    }
  })

  test('pages that poll show an edit and a delete, also when they come later', async () => {
    const room = await pages['host-login'].locator('parley-chat').getAttribute('room')
    const asAda = { authorization: `Bearer ${rootKey}`, 'parley-act-as': 'customer-1' }
    const change = async (method: string, text: string, body?: object): Promise<number> => {
      const row = (await shownIn(pages['ajax-polling'])).find((one) => one.text.includes(text))
      const answer = await fetch(`${cluster.url}/v1/rooms/${room}/messages/${row?.seq}`, {
        method,
        headers: { ...asAda, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      expect(answer.status).toBe(200)
      return row?.seq ?? 0
    }
    const edited = await change('PATCH', 'More of ajax-polling, 1.', { text: 'Edited <i>.' })
    const deleted = await change('DELETE', 'More of ajax-polling, 2.')
    for (const way of ['ajax-polling', 'long-polling'] as const) {
      for (const isReloaded of [false, true]) {
        if (isReloaded) await pages[way].reload()
        await eventually(
          async () => {
            const shown = await shownIn(pages[way])
            expect(shown).toContainEqual({ seq: edited, text: 'Ada Lovelace: Edited <i>.' })
            expect(shown).toContainEqual({ seq: deleted, text: 'Ada Lovelace: deleted' })
          },
          { timeoutMs: 20_000, everyMs: 100 },
        )
      }
    }
  })

  test('an order that is paid twice is said once, and what differs is refused', async () => {
    const page = pages['server-publishing']
    const pay = async (note: string): Promise<void> => {
      await page.getByLabel('Order').fill('4711')
      await page.getByLabel('Note').fill(note)
      await page.getByRole('button', { name: 'It was paid' }).click()
    }
    await pay('In cash.')
    await page.getByText(/^Said: \d+\.$/u).waitFor()
    await pay('In cash.')
    await page.getByText(/^It was said before: \d+\.$/u).waitFor()
    await pay('By card.')
    await page.getByText('This id was used before').waitFor()
    await shownEverywhere(['Order 4711 was paid. In cash.'])
  })

  test('while the API is away the pages say so; what was sent then is there once afterwards', async () => {
    await cluster.kill('a1')
    const sent = ['ajax-polling', 'long-polling'] as const
    for (const way of sent) await say(way, `Sent by ${way} into the dark.`)
    for (const way of sent) {
      await pages[way].getByRole('status').getByText('Trying again.').waitFor()
    }
    await cluster.start('a1')
    await cluster.waitBalanced()
    await shownEverywhere(sent.map((way) => `Sent by ${way} into the dark.`))
    for (const way of sent) {
      await eventually(async () => {
        expect(await pages[way].getByRole('status').textContent()).toBe('')
      })
    }
    await say('host-login', 'All is well again.')
    await shownEverywhere(['All is well again.'])
  })
})

describe('the site lets nobody in who may not', () => {
  const post = (path: string, headers: Record<string, string>, body: string): Promise<Response> =>
    fetch(site.url + path, { method: 'POST', headers, body })

  test.each([
    ['/ajax-polling/messages.php'],
    ['/long-polling/messages.php'],
    ['/host-login/token.php'],
    ['/server-publishing/heard.php'],
  ])('%s wants somebody who is signed in', async (path) => {
    const answer = await fetch(site.url + path)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'AUTH_REQUIRED' })
  })

  test('a wrong password, another site and a wrong position are refused', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const wrong = await post('/', form, 'login=ada&password=let-me-in-too')
    expect(await wrong.text()).toContain('This is not a login of ours')
    const cookies = await pages['ajax-polling'].context().cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const from = { cookie, 'content-type': 'application/json', origin: 'http://evil.example' }
    for (const path of ['/ajax-polling/messages.php', '/server-publishing/pay.php']) {
      const answer = await post(path, from, '{"text":"x","key":"k","order":1}')
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'FORBIDDEN' }])
    }
    const far = '/ajax-polling/messages.php?after=-1'
    expect((await fetch(site.url + far, { headers: { cookie } })).status).toBe(400)
    // From another time line of the log: the page is told to begin anew.
    const ahead = '/ajax-polling/messages.php?after=99999'
    const answer = await fetch(site.url + ahead, { headers: { cookie } })
    expect(await answer.json()).toEqual({ reset: true })
  })

  test('a webhook that Parley has not signed is refused; one that comes again is noted once', async () => {
    const { data } = (await list('/v1/webhooks')) as { data: { id: string; roomIds: string[] }[] }
    const webhook = data[0]!
    const change = (path: string, body: unknown): Promise<unknown> =>
      rest(cluster.url, 'POST', `/v1/webhooks/${webhook.id}/${path}`, { token: rootKey, body })
    const status = async (headers: Record<string, string>, body: string): Promise<number> =>
      (await post('/server-publishing/webhook.php', headers, body)).status
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const madeUp = { 'webhook-id': 'room:1', 'webhook-timestamp': timestamp }
    expect(await status({ ...madeUp, 'webhook-signature': 'v1,bWFkZSB1cA==' }, '{}')).toBe(401)
    expect(await status(madeUp, '{}')).toBe(401)
    expect(await status({}, '{}')).toBe(401)

    const page = pages['server-publishing']
    const before = await shownIn(page)
    const range = { roomId: webhook.roomIds[0], fromSeq: 1, toSeq: before.at(-1)?.seq }
    const first = await newestDelivery(webhook.id)
    expect(first?.seq).toBe(range.toSeq)
    await change('replay', range)
    await eventually(
      async () => {
        const again = await newestDelivery(webhook.id)
        expect(again?.attemptedAt).not.toBe(first?.attemptedAt)
        expect(again?.seq).toBe(range.toSeq)
      },
      { timeoutMs: 20_000, everyMs: 200 },
    )
    await page.reload()
    await eventually(async () => expect(await shownIn(page)).toEqual(before), { timeoutMs: 20_000 })
  })
})

test('Ctrl-C ends the site in order, and leaves neither key nor webhook behind', async () => {
  const keys = async () =>
    (
      (await list('/v1/api-keys')) as { data: { name: string; revokedAt: string | null }[] }
    ).data.filter(({ name, revokedAt }) => name === 'examples/php' && revokedAt === null)
  expect(await keys()).toHaveLength(1)
  expect(await site.stop()).toBe(0)
  expect(await keys()).toEqual([])
  expect(await list('/v1/webhooks')).toMatchObject({ data: [] })
  await expect(fetch(site.url)).rejects.toThrow('fetch failed')
  expect(site.output()).not.toMatch(/Warning|Fatal|parley_[0-9a-f]|of the tests/u)
})

test('the chat sees the view of the site and nothing else, and makes its people known', async () => {
  const php = findProgram('php') ?? ''
  const forSetup = {
    PARLEY_URL: cluster.url,
    PARLEY_API_KEY: rootKey,
    SITE_DATABASE_URL: cluster.info().database.url.replace('parley:', 'parley_admin:'),
    SITE_URL: site.url,
  }
  const { code, output } = await runProgram(php, ['setup.php'], forSetup)
  expect({ code, output }).toMatchObject({ code: 0 })
  const made = JSON.parse(output) as Record<string, string>
  const env = { PARLEY_URL: cluster.url, ...made }

  const attempt = async (sql: string): Promise<string> => {
    const program = `require 'site.php'; try {
      echo json_encode(database('CHAT')->query(getenv('SQL'))->fetchAll());
    } catch (PDOException $error) { echo $error->getCode(); }`
    return (await runProgram(php, ['-r', program], { ...env, SQL: sql })).output
  }
  expect(JSON.parse(await attempt('SELECT * FROM chat_people ORDER BY id LIMIT 1'))).toEqual([
    { id: 'customer-1', name: 'Ada Lovelace' },
  ])
  for (const sql of [
    'SELECT * FROM customers',
    "UPDATE chat_people SET name = 'x'",
    'DELETE FROM chat_people',
    'SELECT * FROM webhook_events',
    'SELECT * FROM parley.users',
  ]) {
    // Refused, whatever there is.
    expect(await attempt(sql), sql).toBe('42000')
  }

  const imported = await runProgram(php, ['host-login/import-people.php'], env)
  expect(imported).toEqual({ code: 0, output: '4 of 4 people\n' })
  // Of the four she alone was never seen: who signs in only to read the webhook is nobody in the room.
  const answer = await fetch(`${cluster.url}/v1/users/customer-4`, {
    headers: { authorization: `Bearer ${rootKey}`, 'parley-act-as': 'customer-1' },
  })
  expect(await answer.json()).toMatchObject({ user: { displayName: 'Dora Maar', kind: 'host' } })
  expect(await runProgram(php, ['setup.php', '--undo'], forSetup)).toEqual({ code: 0, output: '' })
})
