import { eventually, type TestUser } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  begin,
  composer,
  createRoom,
  heard,
  joinRoom,
  live,
  log,
  messageRow,
  panel,
  press,
  register,
  roomId,
  say,
} from './people.ts'
import { DESK, setStage } from './stage.ts'

const stage = setStage()
/** Runs if it is taken for markup. Its words tell where it was. */
const attack = (where: string): string => `<img src=x onerror=window.ran='${where}'>`
const ROOM = attack('room')
const MALLORY = attack('name')

const TEXTS = [
  attack('text'),
  `"><script>window.ran='script'</script>`,
  `<svg onload=window.ran='svg'><iframe srcdoc="<script>parent.ran='frame'</script>">`,
  `javascript:window.ran='link'`,
  `[a link](javascript:window.ran='markdown') https://example.com/"onmouseover="window.ran='url'`,
  '`' + attack('code') + '`',
  '```\n' + attack('block') + '\n```',
  `</textarea></title><style>*{display:none}</style>`,
  `data:text/html,<script>window.ran='data'</script>`,
]

let anna: Page
let mallory: Page
let other: TestUser

beforeAll(async () => {
  ;[anna, mallory] = await Promise.all([stage.open(DESK), stage.open(DESK)])
  await Promise.all([register(anna, 'anna', 'Anna'), register(mallory, 'mallory', MALLORY)])
  await createRoom(mallory, ROOM, { topic: attack('topic') })
  await joinRoom(anna, ROOM)
  other = await stage.cluster().register()
  await stage.cluster().join(other, roomId(anna))
})

/** Nothing that somebody wrote has become an element or was run. The stage looks for what was refused. */
async function expectNothingRan(): Promise<void> {
  for (const page of [anna, mallory]) {
    expect(await page.evaluate(() => (window as { ran?: string }).ran)).toBeUndefined()
    const made = 'img[src="x"], [onerror], [onload], [onmouseover], iframe, body script, body style'
    expect(await page.locator(made).count()).toBe(0)
    const hrefs = await page
      .locator('a[href]')
      .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol))
    for (const protocol of hrefs) expect(protocol).toMatch(/^https?:$/u)
  }
}

test('names, a room and its topic are shown as they were written', async () => {
  await anna.getByRole('heading', { name: ROOM }).waitFor()
  await anna.getByText(attack('topic')).first().waitFor()
  await anna.getByRole('button', { name: 'Room details' }).click()
  await panel(anna).getByText(attack('topic')).first().waitFor()
  await anna.getByRole('button', { name: 'Members' }).first().click()
  await panel(anna).getByRole('button', { name: MALLORY }).click()
  await anna.getByRole('dialog').getByText(MALLORY).waitFor()
  await anna.keyboard.press('Escape')
  await expectNothingRan()
})

test('what somebody says and changes is shown as text', async () => {
  for (const text of TEXTS) {
    await say(mallory, text)
    const words = text.replaceAll(/`+\n?|\n/gu, '')
    const row = await heard(anna, words)
    expect(await row.locator('.conv-text').innerText()).toContain(words)
  }
  await say(mallory, 'Harmless')
  await heard(anna, 'Harmless')
  await composer(mallory).press('ArrowUp')
  await eventually(async () => expect(await composer(mallory).inputValue()).toBe('Harmless'))
  await composer(mallory).fill(attack('edit'))
  await composer(mallory).press('Enter')
  await heard(anna, attack('edit'))
  await expectNothingRan()
})

test('a mention of, an answer to and a search for it stay text', async () => {
  await say(anna, 'An answer')
  await heard(mallory, 'An answer')
  await composer(anna).pressSequentially('Hello @')
  await anna.getByRole('option', { name: MALLORY }).click()
  await composer(anna).press('Enter')
  await heard(mallory, `Hello @${MALLORY}`)
  await press(anna, attack('edit'), 'Reply')
  await say(anna, 'I quote you')
  await messageRow(mallory, 'I quote you').getByText(attack('edit')).waitFor()
  await anna.getByRole('button', { name: 'Search in room' }).click()
  await panel(anna).getByRole('searchbox', { name: 'Search messages' }).fill('onerror')
  await panel(anna).getByText(attack('text')).first().waitFor()
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
  await expectNothingRan()
})

test('a status, a reaction and the name of a file stay text', async () => {
  await mallory.getByRole('button', { name: /status and settings/u }).click()
  await mallory.getByRole('menuitem', { name: 'Set a status text' }).click()
  await mallory
    .getByRole('dialog', { name: 'Status text' })
    .getByRole('textbox')
    .first()
    .fill(attack('status'))
  await mallory.keyboard.press('Enter')
  await mallory.getByText(attack('status')).first().waitFor()
  await anna.getByRole('button', { name: 'Members' }).first().click()
  await panel(anna).getByText(attack('status')).waitFor()

  const name = `${attack('file').replaceAll('/', '')}.txt`
  await mallory.getByLabel('Files to send').setInputFiles({
    name,
    mimeType: 'text/html',
    buffer: Buffer.from(`<script>parent.ran='file'</script>`),
  })
  await mallory.getByRole('button', { name: `Remove ${name}` }).waitFor()
  await say(mallory, 'A file')
  const row = await heard(anna, 'A file')
  // Signs that are no good in file systems are taken out of it.
  expect(await row.locator('.conv-file-name').innerText()).toContain('img src=x onerror=')

  const seq = await row.getAttribute('data-seq')
  const key = encodeURIComponent('<b/onclick=ran=1>')
  const path = `/v1/rooms/${roomId(anna)}/messages/${seq}/reactions/${key}`
  await stage.cluster().rest('PUT', path, { user: other, body: {} })
  await row.getByRole('button', { name: '<b/onclick=ran=1>, 1' }).click()
  await expectNothingRan()
})

test('what moderators are told stays text', async () => {
  const seq = await messageRow(anna, 'I quote you').getAttribute('data-seq')
  const body = { roomId: roomId(anna), seq: Number(seq), reason: 'other', note: attack('report') }
  await stage.cluster().rest('POST', '/v1/reports', { user: other, body })
  await mallory.getByRole('button', { name: 'Room details' }).click()
  await panel(mallory).getByRole('button', { name: 'Moderation' }).click()
  await panel(mallory).getByText(attack('report')).waitFor()
  await expectNothingRan()
})

test('a draft, the list of rooms, the palette and the title stay text', async () => {
  await composer(anna).fill(attack('draft'))
  const dialog = await begin(anna, 'New message')
  await dialog.getByRole('searchbox').fill('mallory')
  await dialog.getByRole('option').filter({ hasText: MALLORY }).click()
  await dialog.getByRole('button', { name: 'Write', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await say(mallory, attack('latest'))
  await mallory.getByRole('navigation', { name: 'Rooms' }).getByText(attack('latest')).waitFor()
  await anna.keyboard.press('Control+k')
  await anna.getByRole('searchbox', { name: 'Room, person or action' }).fill('img')
  await anna.getByRole('menuitem', { name: ROOM }).click()
  await composer(anna).waitFor()
  await anna.reload()
  await live(anna)
  await eventually(async () => expect(await composer(anna).inputValue()).toBe(attack('draft')))
  await log(anna).getByText(attack('latest')).waitFor()
  await expectNothingRan()
})
