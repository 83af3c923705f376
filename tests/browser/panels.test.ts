import { eventually } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  actOn,
  composer,
  createRoom,
  heard,
  joinRoom,
  log,
  messageRow,
  openRoom,
  panel,
  press,
  register,
  say,
  toRooms,
} from './people.ts'
import { DESK, PHONE, setStage } from './stage.ts'

const stage = setStage()
const ROOM = 'Workshop'
let anna: Page
let ben: Page

/** A red square of 8 × 8. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEElEQVR4nGP4z8CAFTEMLQkAKP8/wQFnbC4AAAAASUVORK5CYII='

beforeAll(async () => {
  ;[anna, ben] = await Promise.all([stage.open(DESK), stage.open(PHONE)])
  await Promise.all([register(anna, 'anna', 'Anna'), register(ben, 'ben', 'Ben')])
  await createRoom(anna, ROOM)
  await joinRoom(ben, ROOM)
})

test('a thread hangs on its message, apart from the conversation', async () => {
  await say(ben, 'Who has the hammer?')
  await heard(anna, 'Who has the hammer?')
  await press(anna, 'Who has the hammer?', 'Reply in thread')
  const thread = panel(anna)
  const field = thread.getByRole('textbox', { name: 'Reply in thread' })
  // It was opened to write there.
  await eventually(async () =>
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true),
  )
  await field.fill('I do.')
  await thread.getByRole('button', { name: 'Send', exact: true }).click()
  await thread.getByRole('log').getByText('I do.').waitFor()
  const link = messageRow(ben, 'Who has the hammer?').getByRole('link', { name: '1 reply' })
  await link.tap()
  await panel(ben).getByText('I do.').waitFor()
  await panel(ben).getByRole('textbox', { name: 'Reply in thread' }).fill('Thank you.')
  await panel(ben).getByRole('button', { name: 'Send', exact: true }).tap()
  await thread.getByRole('log').getByText('Thank you.').waitFor()
  await panel(ben).getByRole('button', { name: 'Close panel' }).tap()
  await messageRow(anna, 'Who has the hammer?').getByText('2 replies').waitFor()
  expect(await log(anna).getByText('Thank you.').count()).toBe(0)
  await thread.getByRole('button', { name: 'Close panel' }).click()
})

test('its message is shown in the room: beside the thread, or in place of it where both do not fit', async () => {
  const question = messageRow(anna, 'Who has the hammer?')
  await question.getByRole('link', { name: '2 replies' }).click()
  await panel(anna).getByRole('link', { name: 'Show in the room' }).click()
  await anna.locator('.conv-message[data-flashed]', { hasText: 'Who has the hammer?' }).waitFor()
  await panel(anna).getByRole('log', { name: 'Thread' }).getByText('Thank you.').waitFor()
  await anna.waitForURL(/\/threads\/\d+$/u)
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
  await panel(anna).waitFor({ state: 'detached' })

  await messageRow(ben, 'Who has the hammer?').getByRole('link', { name: '2 replies' }).tap()
  await panel(ben).getByRole('link', { name: 'Show in the room' }).tap()
  await ben.locator('.conv-message[data-flashed]', { hasText: 'Who has the hammer?' }).waitFor()
  await panel(ben).waitFor({ state: 'detached' })
})

test('what is pinned is marked, and found in its panel until it is unpinned', async () => {
  await say(anna, 'The door code is 4711')
  await heard(ben, 'The door code is 4711')
  await actOn(anna, 'The door code is 4711', 'Pin')
  await messageRow(ben, 'The door code').getByText('Pinned').waitFor()
  await ben.getByRole('button', { name: 'More about this room' }).tap()
  await ben.getByRole('menuitem', { name: 'Pinned messages' }).tap()
  await panel(ben).getByText('The door code is 4711').waitFor()
  await anna.getByRole('button', { name: 'Pinned messages' }).click()
  await panel(anna).getByRole('button', { name: 'Unpin' }).click()
  await panel(anna).getByText('Nothing is pinned').waitFor()
  await panel(ben).getByText('Nothing is pinned').waitFor()
  await panel(ben).getByRole('button', { name: 'Close panel' }).tap()
  await messageRow(ben, 'The door code').getByText('Pinned').waitFor({ state: 'detached' })
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
  await panel(anna).waitFor({ state: 'detached' })
})

test('a panel that takes room from a conversation leaves it at its end', async () => {
  const wide = 'As wide as the room, and in more lines as soon as there is less room. '
  for (let n = 1; n <= 12; n += 1) await say(anna, `${n}. ${wide.repeat(n)}`)
  await heard(anna, '12. As wide')
  const belowSight = (): Promise<number> =>
    log(anna).evaluate((list) => list.scrollHeight - list.clientHeight - list.scrollTop)
  await eventually(async () => expect(await belowSight()).toBeLessThan(2))
  const height = await log(anna).evaluate((list) => list.scrollHeight)
  await anna.getByRole('button', { name: 'Members' }).click()
  await eventually(async () =>
    expect(await log(anna).evaluate((list) => list.scrollHeight)).toBeGreaterThan(height),
  )
  await eventually(async () => expect(await belowSight()).toBeLessThan(2))
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
})

test('a search finds words, and leads to the message', async () => {
  for (let n = 1; n <= 40; n += 1) await say(ben, `Nails, box ${n}`)
  await heard(anna, 'Nails, box 40')
  await anna.getByRole('button', { name: 'Search in room' }).click()
  await panel(anna).getByRole('searchbox', { name: 'Search messages' }).fill('hammer')
  const hit = panel(anna).getByRole('link', { name: /Who has the hammer/u })
  expect(await hit.locator('mark').textContent()).toBe('hammer')
  await hit.click()
  const row = messageRow(anna, 'Who has the hammer?')
  await eventually(async () => expect(await isInSight(row)).toBe(true))
  await anna.getByRole('button', { name: /^Jump to latest/u }).click()
  await eventually(async () =>
    expect(await isInSight(messageRow(anna, 'Nails, box 40'))).toBe(true),
  )
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
})

const isInSight = (row: ReturnType<typeof messageRow>): Promise<boolean> =>
  row.evaluate((element) => {
    const list = element.closest('[role="log"]')?.getBoundingClientRect()
    const { top, bottom } = element.getBoundingClientRect()
    return list !== undefined && top >= list.top && bottom <= list.bottom
  })

/** As a drop or a paste from another program would. */
async function give(page: Page, how: 'drop' | 'paste', name: string, mime: string, data: string) {
  const files = await page.evaluateHandle(
    ([fileName, type, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], fileName, { type }))
      return transfer
    },
    [name, mime, data] as const,
  )
  if (how === 'drop') {
    await log(page).dispatchEvent('dragover', { dataTransfer: files })
    await page.getByText('Drop files to send them here').waitFor()
    await log(page).dispatchEvent('drop', { dataTransfer: files })
  } else {
    await composer(page).evaluate(
      (field, clipboardData) =>
        field.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
        ),
      files,
    )
  }
}

test('a picture that is dropped is shown to the other one, who looks at it closely', async () => {
  await give(anna, 'drop', 'red.png', 'image/png', PICTURE)
  const tray = anna.getByRole('list', { name: 'Files to send' })
  await tray.getByRole('button', { name: 'Remove red.png' }).waitFor()
  await say(anna, 'Look at this red')
  const row = await heard(ben, 'Look at this red')
  const picture = row.getByRole('img', { name: 'red.png' })
  await eventually(async () =>
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(8),
  )
  await row.getByRole('button', { name: 'Show picture red.png' }).tap()
  await ben.getByRole('dialog').getByRole('img').waitFor()
  await ben.keyboard.press('Escape')
  await ben.getByRole('dialog').waitFor({ state: 'detached' })
})

test('a file that is pasted arrives as it was', async () => {
  await give(anna, 'paste', 'parts list.txt', 'text/plain', btoa('12 nails'))
  await anna.getByRole('button', { name: 'Remove parts list.txt' }).waitFor()
  await say(anna, 'What we need')
  const row = await heard(ben, 'What we need')
  const downloading = ben.waitForEvent('download')
  await row.getByRole('button', { name: 'Download parts list.txt' }).tap()
  const file = await downloading
  expect(file.suggestedFilename()).toBe('parts list.txt')
  const chunks: Buffer[] = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).toString()).toBe('12 nails')
})

test('the members are listed with role and presence; a role is changed', async () => {
  await anna.getByRole('button', { name: 'Members' }).first().click()
  const members = panel(anna)
  await members.getByRole('button', { name: 'Anna' }).waitFor()
  const row = members.getByRole('button', { name: 'Ben' })
  await row
    .getByRole('img', { name: /online/iu })
    .or(row.getByText(/online/iu))
    .first()
    .waitFor({
      state: 'attached',
    })
  await row.click()
  await anna.getByRole('button', { name: 'More about this person' }).click()
  await anna.getByRole('menuitem', { name: /^Change role/u }).click()
  const dialog = anna.getByRole('dialog', { name: 'Role of Ben' })
  await dialog.getByText('Moderator', { exact: true }).click()
  await dialog.getByRole('button', { name: 'Change role' }).click()
  await members.getByRole('heading', { name: /Moderator/u }).waitFor()
  await row.click()
  await anna.getByRole('button', { name: 'More about this person' }).click()
  await anna.getByRole('menuitem', { name: /^Change role/u }).click()
  await dialog.getByText('Member', { exact: true }).click()
  await dialog.getByRole('button', { name: 'Change role' }).click()
  await members.getByRole('heading', { name: /Moderator/u }).waitFor({ state: 'detached' })
})

/** Through the list of members. */
async function actOnPerson(page: Page, name: string, entry: RegExp): Promise<void> {
  await panel(page).getByRole('button', { name }).click()
  await page.getByRole('button', { name: 'More about this person' }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

test('who is muted is told so where they would write, until they are unmuted', async () => {
  await actOnPerson(anna, 'Ben', /^Mute/u)
  const dialog = anna.getByRole('dialog', { name: 'Mute Ben?' })
  await dialog.getByRole('button', { name: 'Mute', exact: true }).click()
  await ben.getByText(/A moderator has muted you in this room/u).waitFor()
  expect(await composer(ben).count()).toBe(0)
  await panel(anna)
    .getByRole('button', { name: 'Ben' })
    .getByText('Muted', { exact: true })
    .waitFor()
  await actOnPerson(anna, 'Ben', /^Unmute/u)
  await composer(ben).waitFor()
  await say(ben, 'I can speak again')
  await heard(anna, 'I can speak again')
})

test('a report reaches the moderators, who settle it', async () => {
  await say(ben, 'Rude words')
  await heard(anna, 'Rude words')
  // Somebody else feels hurt. Moderators see no reports of what they said themselves.
  const carol = await stage.open(DESK)
  await register(carol, 'carol', 'Carol')
  await joinRoom(carol, ROOM)
  await actOn(carol, 'Rude words', 'Report')
  const dialog = carol.getByRole('dialog', { name: 'Report this message' })
  await dialog.getByText('Insults or harassment').click()
  await dialog.getByRole('button', { name: 'Report', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await carol.context().close()
  await anna.getByRole('button', { name: 'Room details' }).click()
  await panel(anna).getByRole('button', { name: 'Moderation' }).click()
  const report = panel(anna).getByRole('article').filter({ hasText: 'Rude words' })
  await report.getByText('Reported by Carol').waitFor()
  await report.getByRole('button', { name: 'Dismiss' }).click()
  await panel(anna).getByText('Nothing to review').waitFor()
  await panel(anna).getByRole('button', { name: 'Close panel' }).click()
})

test('who is put out of a room is told, and finds it no more among their rooms', async () => {
  await anna.getByRole('button', { name: 'Members' }).first().click()
  await actOnPerson(anna, 'Ben', /^Remove from room/u)
  const dialog = anna.getByRole('dialog', { name: 'Remove Ben?' })
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await panel(anna).getByRole('button', { name: 'Ben' }).waitFor({ state: 'detached' })
  await composer(ben).waitFor({ state: 'detached' })
  // Both pages ask once more what the member is, and are told that there is none.
  for (const page of [anna, ben]) stage.forgiveAny(page, /Failed to load resource.* 40[34]/u)
  await toRooms(ben)
  await ben.getByText('You are in no room yet').waitFor()
  await joinRoom(ben, ROOM)
  await openRoom(ben, ROOM)
})
