import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  type Chat,
  ChatError,
  createAccounts,
  createChat,
  createStore,
  waitFor,
} from '@parley/client'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(REPOSITORY, 'docs/sdk.md'), 'utf8')

const blocks = [...page.matchAll(/^(?:## (.*)|```ts\n([\s\S]*?)^```)$/gmu)]
  .reduce<{ heading: string; code: string }[]>((found, [, heading, code]) => {
    const last = found.at(-1)?.heading ?? ''
    if (heading !== undefined) found.push({ heading, code: '' })
    else if (code !== undefined) found.push({ heading: last, code })
    return found
  }, [])
  .filter(({ code }) => code !== '')

const IMPORT = /^import .* from '@parley\/client'\n/gmu

/** Whoever only polls is told of no typing, and is not seen to be there. */
const LIVE_ONLY = ['Typing', 'Presence']

describe.each([
  ['over sockets', ['websocket', 'polling', 'http']],
  ['over plain HTTP, where nothing else gets through', ['http']],
] as const)('on a running cluster, %s', (way, transports) => {
  let cluster: TestCluster
  let ada: Chat
  let ben: Chat

  beforeAll(async () => {
    cluster = await startTestCluster({ apis: 1, gateways: 2 })
    const { url } = cluster
    const chatOf = async (name: string): Promise<Chat> => {
      const chat = createChat({
        url,
        getToken: (await createAccounts({ url }).guest(name)).getToken,
        transports,
      })
      await waitFor(chat.connection.state, ({ status }) => status === 'live')
      return chat
    }
    ;[ada, ben] = await Promise.all([chatOf('Ada'), chatOf('Ben')])
  })
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()])
    await cluster?.stop()
  })

  const shown = blocks.filter(
    ({ heading }) => transports.length > 1 || !LIVE_ONLY.includes(heading),
  )
  test.each(shown)('docs/sdk.md, $heading', async ({ code }) => {
    const room = await ada.rooms.create({ name: 'The room of an example', visibility: 'public' })
    await ben.rooms.join(room.id)
    const scope = {
      url: cluster.url,
      ada,
      ben,
      roomId: room.id,
      ChatError,
      createAccounts,
      createChat,
      createStore,
      waitFor,
      // An example that says nothing may not have come to what it is about.
      console: { log: (..._said: unknown[]) => undefined },
    }
    const js = await transform(code.replace(IMPORT, ''), { loader: 'ts', target: 'es2022' })
    // What the page shows is what is run.
    // oxlint-disable-next-line no-implied-eval
    const run = new Function(...Object.keys(scope), `return (async () => {\n${js.code}\n})()`)
    await run(...Object.values(scope))
    await room.delete()
  })

  test('and the server has kept its word all along', () => {
    expect(ada.connection.state.current.via).toBe(way === 'over sockets' ? 'websocket' : 'http')
    if (way !== 'over sockets') return
    for (const chat of [ada, ben]) {
      const { events, ...broken } = chat.guarantees.current
      expect(events).toBeGreaterThan(0)
      expect(broken).toEqual({ gaps: 0, doubles: 0, regressions: 0 })
    }
  })
})

test('every example has the types that it should', { timeout: 60_000 }, async () => {
  // Below the repository, so that its packages are found.
  const dir = join(REPOSITORY, 'node_modules/.cache/sdk-examples')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  const names = 'ChatError, createAccounts, createChat, createStore, waitFor'
  const given = 'declare const url: string, roomId: string, ada: Chat, ben: Chat'
  for (const [at, { code }] of blocks.entries()) {
    const lines = [
      `import { type Chat, ${names} } from '@parley/client'`,
      given,
      `void [url, roomId, ada, ben, ${names}]`,
      code.replace(IMPORT, ''),
      'export {}',
    ]
    writeFileSync(join(dir, `example-${at}.ts`), lines.join('\n'))
  }
  const options = {
    composite: false,
    noEmit: true,
    lib: ['es2023', 'es2024.string', 'dom', 'dom.iterable'],
  }
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.base.json', compilerOptions: options }),
  )
  const tsc = join(REPOSITORY, 'node_modules/.bin/tsc')
  const { stdout } = await promisify(execFile)(tsc, ['-p', dir]).catch(
    (error: unknown) => error as { stdout: string },
  )
  expect(stdout).toBe('')
})

/** Interfaces that an application is handed. Those below them are named by their types. */
const PUBLIC = [
  'chat.ts Chat',
  'chat/room-export.ts RoomExport',
  'connection/connection.ts Connection',
  'files/files.ts Files Upload',
  'messages/messages.ts Messages MessageSubscription HistoryPage Thread',
  'outbox/outbox.ts Drafts',
  'people/people.ts People',
  'presence/presence-watch.ts PresenceWatch',
  'rest/account.ts Accounts Account',
  'rooms/room.ts Room',
  'rooms/rooms.ts Rooms',
  'rooms/reading.ts Reading',
  'rooms/typing.ts Typing',
]

test('every public method is in an example', () => {
  const missing = PUBLIC.flatMap((line) => {
    const [file = '', ...names] = line.split(' ')
    const source = readFileSync(join(REPOSITORY, 'packages/client/src', file), 'utf8')
    return names.flatMap((name) => {
      const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'mu').exec(
        source,
      )
      expect(body, `${file} has ${name}`).not.toBeNull()
      const methods = [...(body?.[1] ?? '').matchAll(/^ {2,4}readonly (\w+): \(/gmu)]
      const all = blocks.map(({ code }) => code).join('\n')
      return methods
        .map(([, method]) => method ?? '')
        .filter((method) => !new RegExp(`\\b${method}\\(`, 'u').test(all))
        .map((method) => `${name}.${method}`)
    })
  })
  expect(missing).toEqual([])
})

test('every factory and class of the package is in an example', () => {
  const index = readFileSync(join(REPOSITORY, 'packages/client/src/index.ts'), 'utf8')
  const values = [...index.matchAll(/^export \{([^}]*)\}/gmu)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  )
  const all = blocks.map(({ code }) => code).join('\n')
  expect(values.filter((name) => !all.includes(name))).toEqual([])
})
