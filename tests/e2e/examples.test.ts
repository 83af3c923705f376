import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Chat, createAccounts, createChat, waitFor } from '@parley/client'
import { eventually, rest, startTestCluster, type TestCluster } from '@parley/testkit'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const EXAMPLES = join(REPOSITORY, 'examples')
const HOST = {
  HOST_JWT_ISSUER: 'shop.example',
  HOST_JWT_SECRET: 'of the tests: 0123456789abcdefghij',
}
const run = promisify(execFile)

let cluster: TestCluster
let browser: Browser
/** Pages of another origin than Parley's: it has to know them when it starts. */
let ports: { plain: number; shop: number; start: number }
const dir = mkdtempSync(join(tmpdir(), 'parley-examples-'))
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  ports = { plain: await freePort(), shop: await freePort(), start: await freePort() }
  const origins = Object.values(ports).map((port) => `http://localhost:${port}`)
  const settings = { ...HOST, ALLOWED_ORIGINS: origins.join(',') }
  const env = { api: settings, gateway: settings }
  cluster = await startTestCluster({ apis: 1, gateways: 2, env })
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  })
})
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
afterAll(async () => {
  await browser?.close()
  await cluster?.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** Known before Parley starts, which has to be told of the page. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Program {
  readonly output: () => string
  /** Waits until it has said something like this. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>
}

function start(args: readonly string[], env: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, args, {
    cwd: REPOSITORY,
    env: { PATH: process.env['PATH'], PARLEY_URL: cluster.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const closed = once(child, 'close')
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    await closed
    return child.exitCode
  }
  cleanups.push(() => end('SIGKILL'))
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    eventually(
      () => {
        const found = pattern.exec(output)
        if (found === null) throw new Error(`${pattern} is not in what it said: ${output}`)
        return found
      },
      { timeoutMs: 30_000, everyMs: 50 },
    )
  return { output: () => output, said, end }
}

async function openGuest(name: string): Promise<Chat> {
  const account = await createAccounts({ url: cluster.url }).guest(name)
  const chat = createChat({ url: cluster.url, getToken: account.getToken })
  cleanups.push(() => chat.close(0))
  await waitFor(chat.connection.state, ({ status }) => status === 'live')
  return chat
}

/** A page in a profile of its own. What it or its policy does not like is a failure. */
async function openPage(url: string, size = { width: 1280, height: 800 }): Promise<Page> {
  const context = await browser.newContext({ viewport: size })
  cleanups.push(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => pageErrors.push(error.message))
  // That a server is busy for a moment is nothing that a page could help.
  page.on('console', (said) => {
    const isFetch = said.text().startsWith('Failed to load resource')
    if (said.type() === 'error' && !isFetch) pageErrors.push(said.text())
  })
  await page.goto(url)
  return page
}
const pageErrors: string[] = []
afterEach(() => {
  expect(pageErrors.splice(0)).toEqual([])
})

const textsOf = async (chat: Chat, roomId: string): Promise<string[]> => {
  const { data } = await chat.call('GET /v1/rooms/:id/messages', { params: { id: roomId } })
  return data.map(({ text }) => text ?? '')
}

test('the examples have the types that they should', { timeout: 60_000 }, async () => {
  const tsc = join(REPOSITORY, 'node_modules/.bin/tsc')
  const failed = (error: unknown) => error as { stdout: string }
  const { stdout } = await run(tsc, ['-p', EXAMPLES]).catch(failed)
  expect(stdout).toBe('')
})

describe('node-bot', () => {
  const BOT = join(EXAMPLES, 'node-bot/bot.mjs')
  const state = join(dir, 'bot.json')

  test('it says what it needs, and what was wrong with that', async () => {
    const help = start([BOT, '--help'])
    await help.said(/PARLEY_TOKEN/u)
    for (const [args, message] of [
      [[], /^Which room\?/u],
      [['--room', 'x', '--loud'], /--loud/u],
      [['--room', 'x', '--url', 'here'], /--url has to be an address/u],
      [['--room', 'nowhere', '--state', join(dir, 'other.json')], /no public room called nowhere/u],
    ] as const) {
      const bot = start([BOT, ...args])
      await bot.said(message)
      expect(await bot.end('SIGCONT')).toBe(1)
    }
  })

  test('it answers each command once, also when it is killed and has lost its place', async () => {
    const ada = await openGuest('Ada')
    const room = await ada.rooms.create({ name: 'dice', visibility: 'public' })
    await room.messages.send('!roll 6d1000, said before it was there').stored
    const flags = [BOT, '--room', 'dice', '--state', state]
    const first = start(flags)
    await first.said(/^Dice is in dice/mu)

    const answered = (to: number): Promise<string> =>
      eventually(async () => {
        const query = { after: String(to), limit: '200' }
        const input = { params: { id: room.id }, query }
        const { data } = await ada.call('GET /v1/rooms/:id/messages', input)
        return data.find(({ replyTo }) => replyTo === to)?.text ?? Promise.reject(new Error('none'))
      })
    const say = async (text: string): Promise<string> =>
      answered((await room.messages.send(text).stored).seq)

    expect(await say('!help')).toContain('!roll 2d6')
    expect(await say('!roll 20d1000')).toMatch(/^(\d+ \+ ){19}\d+ = \d+$/u)
    expect(await say('!roll 1d1')).toMatch(/^Say !roll/u)
    expect(await say('!remind 1s <b>tea</b>')).toBe('In 1 s: <b>tea</b>')
    await eventually(async () => {
      expect(await textsOf(ada, room.id)).toContain('Reminder: <b>tea</b>')
    })
    const before = await textsOf(ada, room.id)
    await first.end('SIGKILL')

    // Its bookmark is taken back to the beginning, and something new is said while it is away.
    const { accessToken } = JSON.parse(
      Object.values(JSON.parse(readFileSync(state, 'utf8')) as Record<string, string>)[0] ?? '',
    ) as { accessToken: string }
    const body = { upTo: 2, mode: 'set' }
    await rest(cluster.url, 'PUT', `/v1/rooms/${room.id}/read`, { token: accessToken, body })
    const { seq } = await room.messages.send('!roll').stored
    const second = start(flags)
    expect(await answered(seq)).toMatch(/^[1-6]$/u)
    const after = await textsOf(ada, room.id)
    expect(after.slice(0, before.length)).toEqual(before)
    // What was said before it came the first time is answered now, and nothing else a second time.
    expect(after.slice(before.length)).toHaveLength(3)

    expect(await second.end('SIGINT')).toBe(0)
    expect(second.output()).toMatch(/^closed$/mu)
  })

  test('with a token it is whoever the token names', async () => {
    const ben = await cluster.register()
    await cluster.createRoom([ben], { name: 'bens-own', visibility: 'private' })
    const bot = start([BOT, '--room', 'bens-own'], { PARLEY_TOKEN: ben.token })
    await bot.said(new RegExp(`^${ben.username} is in bens-own`, 'mu'))
    expect(await bot.end('SIGINT')).toBe(0)
    const refused = start([BOT, '--room', 'bens-own'], { PARLEY_TOKEN: 'nonsense' })
    await refused.said(/AUTH_INVALID/u)
    expect(await refused.end('SIGCONT')).toBe(1)
  })
})

describe('react-room', () => {
  const ROOM = join(EXAMPLES, 'react-room')

  test('two people talk in it, and one is here again after a reload', async () => {
    const outDir = join(dir, 'react-room')
    const env = { ...process.env, NODE_ENV: 'production' }
    const built = ['build', ROOM, '--outDir', outDir]
    await run(join(REPOSITORY, 'node_modules/.bin/vite'), built, { env })
    const vite = [join(REPOSITORY, 'node_modules/vite/bin/vite.js'), 'preview', ROOM]
    const port = String(await freePort())
    const site = start([...vite, '--outDir', outDir, '--port', port, '--strictPort'])
    await site.said(/localhost/u)
    const comeIn = async (name: string, size?: { width: number; height: number }) => {
      const page = await openPage(`http://localhost:${port}`, size)
      await page.getByLabel('Your name').fill(name)
      await page.getByRole('button', { name: 'Come in' }).click()
      await page.getByRole('heading', { name: 'react-room' }).waitFor()
      await page.getByText('Connecting…').waitFor({ state: 'detached' })
      return page
    }
    const ada = await comeIn('Ada')
    const ben = await comeIn('Ben', { width: 360, height: 740 })
    const say = async (page: Page, text: string) => {
      await page.getByLabel('Message', { exact: true }).fill(text)
      await page.keyboard.press('Enter')
    }
    // It may be lost, and is told again every three seconds.
    await eventually(
      async () => {
        await ben.getByLabel('Message', { exact: true }).press('H')
        expect(await ada.getByText('Ben writing…').isVisible()).toBe(true)
      },
      { timeoutMs: 20_000, everyMs: 500 },
    )
    await say(ben, 'Hello, Ada <b>!</b>')
    await ada.locator('li', { hasText: 'Hello, Ada <b>!</b>' }).getByText('Ben').waitFor()
    for (let n = 1; n <= 30; n += 1) await say(ada, `line ${n}`)
    await ben.getByText('line 30', { exact: true }).waitFor()
    const isInView = await ben
      .getByText('line 30', { exact: true })
      .evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight)
    expect(isInView).toBe(true)
    await ben.reload()
    await ben.getByText('line 30', { exact: true }).waitFor()
    const texts = await ben.locator('li p').allTextContents()
    expect(texts).toEqual([
      'Hello, Ada <b>!</b>',
      ...Array.from({ length: 30 }, (_, n) => `line ${n + 1}`),
    ])
    await picture(ben, 'react-room-narrow')
    await picture(ada, 'react-room')
  })
})

test('plain-html: a visitor is in the first public room, by keyboard, in the other language', async () => {
  const owner = await openGuest('Owner')
  const room = await owner.rooms.create({ name: 'plain', visibility: 'public' })
  const serve = join(EXAMPLES, 'plain-html/serve.mjs')
  const site = start([serve, cluster.url, String(ports.plain)])
  await site.said(/localhost/u)
  const page = await openPage(`http://localhost:${ports.plain}/?url=${cluster.url}&room=${room.id}`)
  const field = page.getByRole('textbox')
  await field.fill('Hello from a plain page')
  await field.press('Enter')
  await eventually(async () => {
    expect(await textsOf(owner, room.id)).toContain('Hello from a plain page')
  })
  await page.getByRole('button', { name: 'English or Chinese' }).click()
  await page.getByText('Hello from a plain page', { exact: true }).waitFor()
  await picture(page, 'plain-html')
})

describe.each([
  ['docs/start.md', 'Ada', 'Ada: '],
  ['docs/zh/start.md', '小林', '小林：'],
])('the page that %s makes', (file, name, prefix) => {
  const page = readFileSync(join(REPOSITORY, file), 'utf8')
  const blockWith = (text: string): string => {
    const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gmu)].map(([, code = '']) => code)
    return blocks.find((block) => block.includes(text)) ?? ''
  }

  test('says and hears in the lobby, as a user of its own site', async () => {
    const alice = await openGuest('Alice')
    const found = await alice.rooms.browse({ q: 'lobby' })
    const { id } =
      found.rooms[0] ?? (await alice.rooms.create({ name: 'lobby', visibility: 'public' }))
    const lobby = await alice.rooms.join(id)

    const site = join(dir, `start-${prefix.length}-${name}`)
    mkdirSync(site)
    const html = blockWith('<!doctype html>').replaceAll('http://localhost:8080', cluster.url)
    writeFileSync(join(site, 'index.html'), html)
    const server = blockWith('createServer(').replaceAll('4000', String(ports.start))
    writeFileSync(join(site, 'server.mjs'), server)
    const bundle = blockWith('npx esbuild').replaceAll('my-site', site)
    await run('bash', ['-euc', bundle], { cwd: REPOSITORY })
    const program = start([join(site, 'server.mjs'), name], HOST)
    await program.said(/localhost/u)

    const own = await openPage(`http://localhost:${ports.start}`)
    await own.getByRole('textbox').fill(`<b>Hello</b> from ${name}`)
    await own.getByRole('button').click()
    await own.getByText(`${prefix}<b>Hello</b> from ${name}`, { exact: true }).waitFor()
    await eventually(async () => {
      expect(await textsOf(alice, id)).toContain(`<b>Hello</b> from ${name}`)
    })
    await lobby.messages.send(`Good day, ${name}`).stored
    await own.getByText(`Good day, ${name}`).waitFor()
    await program.end()
  })
})

describe('support-chat', () => {
  const DESK = join(EXAMPLES, 'support-chat/desk.mjs')
  const PASSWORD = 'correct horse'
  let site: string

  /** Allowed what the page says that the desk needs, and no more. */
  async function openDesk(): Promise<Program> {
    const key = readFileSync(join(cluster.dir, 'secrets/root-api-key'), 'utf8').trim()
    const body = { name: 'Desk', scopes: ['users:write', 'rooms:write'] }
    const made = await rest(cluster.url, 'POST', '/v1/api-keys', { token: key, body })
    const { token } = made as { token: string }
    const secrets = { ...HOST, PARLEY_API_KEY: token, DESK_PASSWORD: PASSWORD }
    const desk = start([DESK], { ...secrets, PORT: String(ports.shop) })
    site = `http://localhost:${ports.shop}`
    await desk.said(/shop http/u)
    return desk
  }

  const ask = (method: string, path: string, body?: unknown, headers = {}): Promise<Response> =>
    fetch(site + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

  /** The agent as a program, with the token that the desk signs for who is signed in. */
  async function openAgent(): Promise<Chat> {
    const signIn = await ask('POST', '/agent/session', { password: PASSWORD })
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const getToken = async (): Promise<string> => {
      const answer = await ask('GET', '/agent/token', undefined, { cookie })
      return ((await answer.json()) as { token: string }).token
    }
    const agent = createChat({ url: cluster.url, getToken })
    cleanups.push(() => agent.close(0))
    await waitFor(agent.rooms.list, ({ status }) => status === 'ready')
    return agent
  }

  test('a visitor asks, the agent sees it at once and answers, and nobody else reads it', async () => {
    await openDesk()
    const agent = await openAgent()
    expect(agent.rooms.list.current.rooms).toEqual([])
    const visitor = await openGuest('Grace')
    const opened = await ask('POST', '/conversations', { name: 'Grace', subject: 'Lamp Aurora' })
    expect(opened.status).toBe(201)
    const answer = (await opened.json()) as { code: string }
    expect(Object.keys(answer)).toEqual(['code'])
    const room = await visitor.rooms.joinByCode(answer.code)
    const heard: string[] = []
    room.messages.subscribe(({ message }) => heard.push(message.text ?? ''))
    await room.messages.send('Is it dimmable?').stored

    const { rooms } = await waitFor(agent.rooms.list, (list) =>
      list.rooms.some(({ latest }) => latest?.text === 'Is it dimmable?'),
    )
    expect(rooms.map(({ info }) => [info.name, info.topic])).toEqual([['Grace', 'Lamp Aurora']])
    expect(rooms[0]?.info.id).toBe(room.id)
    await agent.rooms.get(room.id).messages.send('It is.').stored
    await eventually(() => expect(heard).toEqual(['Is it dimmable?', 'It is.']))

    const other = await openGuest('Mallory')
    const params = { id: room.id }
    for (const attempt of [
      () => other.call('GET /v1/rooms/:id/messages', { params }),
      () => other.rooms.join(room.id),
      () => other.rooms.joinByCode(answer.code),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: /^(NOT_FOUND|NOT_MEMBER|GONE)$/u })
    }
    // Nor does the visitor bring somebody along.
    await expect(room.invite()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await agent.rooms.get(room.id).update({ archived: true })
    await waitFor(room.info, (info) => info?.archived === true)
  })

  test('it takes nothing but what it asked for, and tells nobody its secrets', async () => {
    const desk = await openDesk()
    const statusOf = async (...request: Parameters<typeof ask>): Promise<number> =>
      (await ask(...request)).status
    const talk = { name: 'Eve', subject: 'x' }
    expect(await statusOf('POST', '/conversations', talk, { origin: 'https://evil.example' })).toBe(
      403,
    )
    expect(await statusOf('POST', '/conversations', talk, { 'content-type': 'text/plain' })).toBe(
      415,
    )
    expect(await statusOf('POST', '/conversations', 'x'.repeat(5_000))).toBe(413)
    expect(await statusOf('POST', '/conversations', '[1')).toBe(400)
    expect(await statusOf('POST', '/conversations', { ...talk, name: 'E\nve' })).toBe(400)
    expect(await statusOf('POST', '/conversations', { ...talk, subject: 7 })).toBe(400)
    // Five a minute of one address, whatever they are.
    expect(await statusOf('POST', '/conversations', talk)).toBe(429)
    expect(await statusOf('POST', '/agent/session', { password: 'wrong' })).toBe(403)
    expect(await statusOf('POST', '/agent/session', { password: [PASSWORD] })).toBe(403)
    expect(await statusOf('GET', '/agent/token')).toBe(401)
    expect(await statusOf('GET', '/agent/token', undefined, { cookie: 'desk=made-up' })).toBe(401)
    for (const path of ['/desk.mjs', '/../desk.mjs', '/constructor', '/pages/../desk.mjs', '//x']) {
      expect(await statusOf('GET', path)).toBe(404)
    }
    expect(desk.output()).not.toMatch(/parley_|of the tests/u)
    expect(await desk.end('SIGINT')).toBe(0)
    const bare = start([DESK])
    await bare.said(/^PARLEY_API_KEY needs 32 characters/u)
  })

  test('in two browsers: a page of a shop, and the desk', async () => {
    await openDesk()
    const agent = await openPage(`${site}/agent`, { width: 1280, height: 800 })
    await agent.getByLabel('Password').fill('wrong wrong')
    await agent.keyboard.press('Enter')
    await agent.getByText('This is not the password.').waitFor()
    await agent.getByLabel('Password').fill(PASSWORD)
    await agent.keyboard.press('Enter')
    await agent.getByText('All is answered.').waitFor()
    const visitor = await openPage(site, { width: 390, height: 780 })
    await visitor.getByLabel('Your name').fill('Grace <i>')
    await visitor.getByRole('button', { name: 'Chat with us' }).click()
    const field = visitor.getByRole('textbox')
    await field.fill('Does it have <b>dimmer</b>?')
    await field.press('Enter')
    const row = agent.getByRole('listitem').filter({ hasText: 'Does it have <b>dimmer</b>?' })
    await row.getByText('Grace <i>').waitFor()
    await row.getByRole('button').click()
    await agent.getByRole('textbox').fill('It has, from 1 to 100.')
    await agent.getByRole('textbox').press('Enter')
    await visitor.getByText('It has, from 1 to 100.', { exact: true }).waitFor()
    await picture(agent, 'support-agent')
    await picture(visitor, 'support-visitor')

    await visitor.reload()
    await visitor.getByText('It has, from 1 to 100.', { exact: true }).waitFor()
    await agent.getByRole('button', { name: 'Close conversation' }).click()
    await visitor.getByText('This conversation was closed.').waitFor()
    await agent.getByText('All is answered.').waitFor()
    await visitor.getByRole('button', { name: 'Ask something else' }).click()
    await visitor.getByRole('textbox').fill('And in black?')
    await visitor.getByRole('textbox').press('Enter')
    await agent.getByRole('listitem').filter({ hasText: 'And in black?' }).waitFor()
  })
})

/** To be looked at, where `EXAMPLE_PICTURES` names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['EXAMPLE_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}
