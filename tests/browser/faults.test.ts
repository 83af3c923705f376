import { eventually, type TestUser } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  composer,
  createRoom,
  gatewayOf,
  heard,
  joinRoom,
  live,
  log,
  messageRow,
  openRoom,
  panel,
  register,
  roomId,
  say,
} from './people.ts'
import { recordingOf, recordRows } from './row-recorder.ts'
import { expectAllShown, storedTexts } from './said.ts'
import { DESK, PHONE, setStage } from './stage.ts'

const stage = setStage({
  isNetworkBroken: true,
  cluster: { env: { gateway: { DRAIN_NOTICE_MS: '1500', DRAIN_WINDOW_MS: '3000' } } },
})
let anna: Page
let ben: Page
/** Asks the server what is stored. */
let observer: TestUser
let rooms = 0

/** Both in a room that is new, in which nothing was said. */
async function meet(): Promise<string> {
  rooms += 1
  const name = `Room ${rooms}`
  await createRoom(anna, name)
  await joinRoom(ben, name)
  const id = roomId(anna)
  await stage.cluster().join(observer, id)
  return id
}

beforeAll(async () => {
  ;[anna, ben] = await Promise.all([stage.open(DESK), stage.open(PHONE)])
  await Promise.all([register(anna, 'anna', 'Anna'), register(ben, 'ben', 'Ben')])
  observer = await stage.cluster().register()
})

test('a gateway is killed while both talk: nothing lost, nothing twice, no jump', async () => {
  const id = await meet()
  await Promise.all([recordRows(anna), recordRows(ben)])
  const killed = await gatewayOf(anna)
  expect(killed).toMatch(/^g\d$/u)
  const said: string[] = []
  const talk = async (page: Page, name: string): Promise<void> => {
    for (let n = 1; n <= 30; n += 1) {
      const text = `${name} says ${n}.`
      said.push(text)
      await say(page, text)
    }
  }
  const talking = Promise.all([talk(anna, 'Anna'), talk(ben, 'Ben')])
  await eventually(() => expect(said.length).toBeGreaterThan(20), { timeoutMs: 60_000 })
  await stage.cluster().kill(killed)
  await talking
  await Promise.all([live(anna), live(ben)])
  await expectAllShown(stage.cluster(), observer, id, said, [anna, ben])
  expect(await gatewayOf(anna)).not.toBe(killed)
  await stage.cluster().start(killed)
  await stage.cluster().waitBalanced()
})

test('what is said without a network waits in sight, and arrives once', async () => {
  await meet()
  await say(anna, 'Before the tunnel')
  await heard(ben, 'Before the tunnel')
  await ben.context().setOffline(true)
  await ben
    .getByRole('status')
    .getByText(/^Offline/u)
    .waitFor()
  await say(ben, 'In the tunnel')
  const pending = log(ben).locator('.conv-message[data-state="pending"]')
  await pending.getByText('In the tunnel').waitFor()
  await say(anna, 'Are you there?')
  await heard(anna, 'Are you there?')
  await ben.context().setOffline(false)
  await heard(anna, 'In the tunnel')
  await heard(ben, 'Are you there?')
  await heard(ben, 'In the tunnel')
  expect(await log(anna).locator('.conv-text', { hasText: 'In the tunnel' }).count()).toBe(1)
  expect(await log(ben).locator('.conv-text', { hasText: 'In the tunnel' }).count()).toBe(1)
  await ben.getByText(/^Offline/u).waitFor({ state: 'detached' })
})

test.each([
  ['the message', 'up'],
  ['the answer', 'down'],
] as const)('a reload while %s is on its way: it is there once', async (_, way) => {
  const id = await meet()
  const carl = await stage.open(DESK)
  const held = { up: false, down: false }
  await carl.routeWebSocket(/\/socket\.io\//u, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((packet) => void (held.up || server.send(packet)))
    server.onMessage((packet) => void (held.down || socket.send(packet)))
  })
  await carl.reload()
  await register(carl, `carl-${way}`)
  await joinRoom(carl, `Room ${rooms}`)
  held[way] = true
  const text = `On its way ${way}`
  await say(carl, text)
  await log(carl).locator('.conv-message[data-state="pending"]').getByText(text).waitFor()
  if (way === 'down') await heard(ben, text)
  held[way] = false
  await carl.reload()
  await heard(carl, text)
  await heard(ben, text)
  await carl.locator('.conv-message[data-state="pending"]').waitFor({ state: 'detached' })
  expect(await log(carl).locator('.conv-text', { hasText: text }).count()).toBe(1)
  expect(Object.values(await storedTexts(stage.cluster(), observer, id))).toEqual([text])
  await carl.context().close()
})

const viaOf = (page: Page): Promise<string | null> =>
  page.locator('.shell').getAttribute('data-via')

test('three tabs have one socket, and go on when the tab that holds it is shut', async () => {
  const id = await meet()
  const first = await stage.open(DESK)
  await register(first, 'dora', 'Dora')
  await joinRoom(first, `Room ${rooms}`)
  const tabs = [first, await stage.openTab(first), await stage.openTab(first)]
  await Promise.all(tabs.map(live))
  await eventually(
    async () => {
      const vias = await Promise.all(tabs.map(viaOf))
      expect(vias.toSorted()).toEqual(['tab', 'tab', 'websocket'])
      expect(tabs.map(stage.socketsOf).toSorted()).toEqual([0, 0, 1])
    },
    { timeoutMs: 20_000 },
  )
  await Promise.all([...tabs, ben].map(recordRows))
  const said: string[] = []
  const speak = async (page: Page, text: string): Promise<void> => {
    said.push(text)
    await say(page, text)
  }
  await Promise.all(tabs.map((page, index) => speak(page, `From tab ${index}.`)))
  for (const page of [...tabs, ben]) {
    for (const text of said) await heard(page, text)
  }
  const vias = await Promise.all(tabs.map(viaOf))
  const leader = tabs[vias.indexOf('websocket')] ?? first
  const left = tabs.filter((page) => page !== leader)
  const talking = Promise.all(
    [...left, ben].map(async (page, index) => {
      for (let n = 1; n <= 6; n += 1) await speak(page, `${index} goes on, ${n}.`)
    }),
  )
  await eventually(() => expect(said.length).toBeGreaterThan(8), { timeoutMs: 20_000 })
  await leader.close()
  await talking
  await expectAllShown(stage.cluster(), observer, id, said, [ben])
  await expectAllShown(stage.cluster(), observer, id, said, left, { isBehind: true })
  await eventually(async () =>
    expect((await Promise.all(left.map(viaOf))).toSorted()).toEqual(['tab', 'websocket']),
  )
  await first.context().close()
})

test('all gateways are restarted in turn while they talk, and nobody notices', async () => {
  const id = await meet()
  await Promise.all([recordRows(anna), recordRows(ben)])
  const said: string[] = []
  let isOver = false
  const talk = async (page: Page, name: string): Promise<void> => {
    for (let n = 1; !isOver && n <= 90; n += 1) {
      const text = `${name} says ${n}.`
      said.push(text)
      await say(page, text)
      await messageRow(page, text).waitFor()
    }
  }
  const talking = Promise.all([talk(anna, 'Anna'), talk(ben, 'Ben')])
  for (const { name } of stage.cluster().info().gateways) {
    await stage.cluster().stopProcess(name)
    await stage.cluster().start(name)
    await stage.cluster().waitBalanced()
  }
  isOver = true
  await talking
  for (const page of [anna, ben]) expect((await recordingOf(page)).banners).toEqual([])
  await expectAllShown(stage.cluster(), observer, id, said, [anna, ben])
})

test('what is written without a network in a room that was not read yet waits in sight', async () => {
  await meet()
  const unread = `Room ${rooms}`
  await say(ben, 'Said before anybody looks')
  await heard(ben, 'Said before anybody looks')
  await meet()
  await anna.reload()
  await live(anna)
  await anna.context().setOffline(true)
  await anna
    .getByRole('status')
    .getByText(/^Offline/u)
    .waitFor()
  await openRoom(anna, unread)
  await say(anna, 'Into the dark')
  const pending = log(anna).locator('.conv-message[data-state="pending"]')
  await pending.getByText('Into the dark').waitFor()
  await anna.context().setOffline(false)
  await heard(anna, 'Into the dark')
  await heard(anna, 'Said before anybody looks')
  await openRoom(ben, unread)
  await heard(ben, 'Into the dark')
})

test('a part of the page that could not be fetched says so, and opens when there is a network again', async () => {
  await meet()
  await anna.reload()
  await live(anna)
  await anna.context().setOffline(true)
  await anna
    .getByRole('status')
    .getByText(/^Offline/u)
    .waitFor()
  await anna.getByRole('button', { name: 'Members' }).first().click()
  await panel(anna).getByText('This panel could not be loaded yet').waitFor()
  await panel(anna).getByRole('button', { name: 'Close', exact: true }).click()
  await panel(anna).waitFor({ state: 'detached' })
  await anna.getByRole('button', { name: 'Members' }).first().click()
  await panel(anna).getByText('This panel could not be loaded yet').waitFor()
  await anna.context().setOffline(false)
  await panel(anna).getByRole('button', { name: 'Ben' }).waitFor()
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
})

test('slow mode and a mute are over when the server says so, though the clock of the device is an hour behind', async () => {
  const id = await meet()
  const late = await stage.open(DESK)
  await late.addInitScript(() => {
    const RealDate = Date
    const now = (): number => RealDate.now() - 3_600_000
    globalThis.Date = class extends RealDate {
      constructor(...given: [] | [string | number | Date]) {
        if (given.length === 0) super(now())
        else super(given[0])
      }
      static override now = now
    } as DateConstructor
  })
  await late.reload()
  await register(late, 'late', 'Late')
  await joinRoom(late, `Room ${rooms}`)
  const userId = await late.evaluate(
    () =>
      (JSON.parse(localStorage.getItem('parley.session') ?? '') as { user: { id: string } }).user
        .id,
  )
  const asOwner = (method: string, path: string, body: object): Promise<number> =>
    anna.evaluate(
      async (asked) => {
        const saved = localStorage.getItem('parley.session') ?? ''
        const { accessToken } = JSON.parse(saved) as { accessToken: string }
        const response = await fetch(asked.path, {
          method: asked.method,
          headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
          body: JSON.stringify(asked.body),
        })
        return response.status
      },
      { method, path, body },
    )
  expect(await asOwner('PATCH', `/v1/rooms/${id}`, { settings: { slowModeS: 3 } })).toBe(200)
  await say(late, 'Slowly')
  await heard(anna, 'Slowly')
  await late.getByText(/^Slow mode/u).waitFor()
  await late.getByText(/^Slow mode/u).waitFor({ state: 'detached' })
  await say(late, 'And again')
  await heard(anna, 'And again')
  expect(await asOwner('PUT', `/v1/rooms/${id}/mutes/${userId}`, { forS: 3 })).toBeLessThan(300)
  await late.getByText(/A moderator has muted you in this room/u).waitFor()
  await composer(late).waitFor()
  await late.context().close()
})
