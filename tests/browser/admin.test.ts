import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { violationsOf } from './axe.ts'
import { actOn, createRoom, heard, joinRoom, live, register, roomId, say } from './people.ts'
import { DESK, setStage } from './stage.ts'

const stage = setStage({ cluster: { gateways: 2, apis: 1 } })
let olga: Page
let anna: Page
let operatorId: string
let room: string

const idOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const kept = Object.values(localStorage).find((value) => value.includes('accessToken')) ?? ''
    const token = /"accessToken":"([^"]+)"/u.exec(kept)?.[1] ?? ''
    const claims = JSON.parse(
      atob(token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''),
    )
    return (claims as { sub: string }).sub
  })

async function rest(method: string, path: string, body?: unknown): Promise<Response> {
  const { url, dir } = stage.cluster()
  const key = readFileSync(join(dir, 'secrets', 'root-api-key'), 'utf8')
  return fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
  await page.getByRole('tabpanel', { name, exact: true }).waitFor()
}

beforeAll(async () => {
  olga = await stage.open(DESK)
  await register(olga, 'olga', 'Olga')
  operatorId = await idOf(olga)
  anna = await stage.open(DESK)
  await register(anna, 'anna', 'Anna')
  await createRoom(anna, 'Kitchen')
  room = roomId(anna)
  await joinRoom(olga, 'Kitchen')
  await say(anna, 'the soup is ready')
  await heard(olga, 'the soup is ready')
})

test('who is no operator finds no entry, and is told so by the address', async () => {
  await olga.getByRole('button', { name: /status and settings/u }).click()
  await olga.getByRole('menuitem', { name: 'Settings' }).waitFor()
  expect(await olga.getByRole('menuitem', { name: 'Admin console' }).count()).toBe(0)
  await olga.keyboard.press('Escape')
  await olga.evaluate(() => (location.hash = '#/admin'))
  await olga.getByText('This is for operators').waitFor()
  expect(await violationsOf(olga)).toEqual([])
})

test('an operator sees the servers, and one that was killed goes from the list', async () => {
  const cluster = stage.cluster()
  await cluster.kill('a1')
  await cluster.start('a1', { env: { OPERATORS: operatorId } })
  stage.forgiveAny(olga, /Failed to load resource|WebSocket|net::ERR_/u)
  stage.forgiveAny(anna, /Failed to load resource|WebSocket|net::ERR_/u)
  await cluster.waitBalanced()
  await olga.goto(`${cluster.url}/#/`)
  await olga.reload()
  await live(olga)
  await olga.getByRole('button', { name: /status and settings/u }).click()
  await olga.getByRole('menuitem', { name: 'Admin console' }).click()
  const servers = olga.getByRole('region', { name: 'Servers' })
  const row = (name: string) => servers.getByRole('row', { name: new RegExp(name, 'u') })
  await row('g1').waitFor()
  await row('g2').waitFor()
  await cluster.kill('g2')
  await row('g2').waitFor({ state: 'detached' })
  expect(await row('g1').count()).toBe(1)
  for (const page of [olga, anna]) {
    stage.forgiveAny(page, /Failed to load resource|WebSocket|net::ERR_/u)
  }
  expect(await violationsOf(olga)).toEqual([])
})

test('hot rooms, what is queued, and why so much is unread', async () => {
  await openTab(olga, 'Rooms')
  await olga.getByLabel('Room id').fill(room)
  await olga.getByRole('button', { name: 'Look', exact: true }).first().click()
  await olga.getByRole('region', { name: 'First members' }).getByText('Anna').waitFor()
  expect(await violationsOf(olga)).toEqual([])
  await openTab(olga, 'Queue')
  await olga.getByRole('region', { name: 'Queues' }).getByText('webhooks').waitFor()
  await openTab(olga, 'Unread')
  await live(anna)
  await say(anna, 'it is getting cold')
  await heard(anna, 'it is getting cold')
  await olga.getByLabel('User id').fill(operatorId)
  await olga.getByLabel('Room id').fill(room)
  await olga.getByRole('button', { name: 'Explain' }).click()
  const table = olga.getByRole('region', { name: 'How the count comes about' })
  await table.getByRole('row', { name: '= Unread 1' }).waitFor()
  expect(await violationsOf(olga)).toEqual([])
})

test('a delivery is sent again, a report settled, and the audit log knows of both', async () => {
  const url = 'https://hooks.example.invalid/'
  const made = await rest('POST', '/v1/webhooks', { url, description: 'a test' })
  expect(made.status).toBe(201)
  await live(anna)
  await say(anna, 'something for the webhook')
  await openTab(olga, 'Webhooks')
  await olga.getByRole('button', { name: 'Deliveries' }).click()
  await olga.getByLabel('Room id').fill(room)
  await olga.getByLabel('From seq').fill('1')
  await olga.getByLabel('To seq').fill('2')
  await olga.getByRole('button', { name: 'Replay' }).click()
  await olga.getByRole('alertdialog').getByRole('button', { name: 'Send them' }).click()
  await olga.getByText('The range is sent again, soon.').waitFor()

  await olga.evaluate((id) => (location.hash = `#/rooms/${id}`), room)
  await actOn(olga, 'the soup is ready', 'Report')
  const dialog = olga.getByRole('dialog', { name: 'Report this message' })
  await dialog.getByText('Insults or harassment').click()
  await dialog.getByRole('button', { name: 'Report', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await olga.evaluate(() => (location.hash = '#/admin/moderation'))
  await olga.getByRole('article').getByText('the soup is ready').waitFor()
  await olga.getByRole('button', { name: 'Dismiss' }).click()
  await olga.getByText('Nothing to review').waitFor()
  await openTab(olga, 'Audit log')
  const audit = olga.getByRole('region', { name: 'Audit log' })
  await audit.getByText('report:settled').first().waitFor()
  await audit
    .getByText(/webhooks\/:id\/replay/u)
    .first()
    .waitFor()
  expect(await violationsOf(olga)).toEqual([])
})

test('it fits a narrow page', async () => {
  await olga.setViewportSize({ width: 360, height: 740 })
  for (const tab of ['Cluster', 'Rooms', 'Queue', 'Webhooks', 'Moderation', 'Unread']) {
    await openTab(olga, tab)
    await eventually(async () => expect(await violationsOf(olga), tab).toEqual([]))
    expect(await olga.evaluate(() => document.documentElement.scrollWidth <= innerWidth), tab).toBe(
      true,
    )
  }
})
