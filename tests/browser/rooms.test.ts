import { eventually } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  begin,
  comeAsGuest,
  composer,
  createRoom,
  heard,
  joinRoom,
  live,
  log,
  messageRow,
  openRoom,
  panel,
  register,
  roomRow,
  say,
  toRooms,
} from './people.ts'
import { DESK, PHONE, setStage } from './stage.ts'

const stage = setStage()
let anna: Page
let ben: Page

beforeAll(async () => {
  ;[anna, ben] = await Promise.all([stage.open(DESK), stage.open(PHONE)])
  await Promise.all([register(anna, 'anna', 'Anna'), register(ben, 'ben', 'Ben')])
  await createRoom(anna, 'Kitchen', { topic: 'What there is to eat' })
  await joinRoom(ben, 'Kitchen')
})

test('who has no room is told what can be done', async () => {
  const carl = await stage.open(DESK)
  await register(carl, 'carl')
  await carl.getByText('You are in no room yet').waitFor()
  await carl.getByRole('button', { name: 'Browse rooms' }).first().click()
  await carl.getByRole('dialog').getByText('What there is to eat').waitFor()
  await carl.context().close()
})

test('one writes to one person directly, and they see who it is', async () => {
  const dialog = await begin(anna, 'New message')
  await dialog.getByRole('searchbox').fill('ben')
  await dialog.getByRole('option', { name: /Ben/u }).click()
  await dialog.getByRole('button', { name: 'Write', exact: true }).click()
  await composer(anna).waitFor()
  await say(anna, 'Between us')
  await toRooms(ben)
  await roomRow(ben, 'Anna').click()
  await heard(ben, 'Between us')
})

test('what is unread is counted, mentions apart, until it is read', async () => {
  await openRoom(anna, 'Kitchen')
  await openRoom(ben, 'Anna')
  await toRooms(ben)
  await say(anna, 'Soup')
  await say(anna, 'and bread')
  const row = roomRow(ben, 'Kitchen')
  await row.getByText('2 unread').waitFor()
  await composer(anna).pressSequentially('for @ben')
  await anna.getByRole('option', { name: /Ben/u }).click()
  await composer(anna).press('Enter')
  await row.getByText('1 mentions of you').waitFor()
  await row.getByText('3 unread').waitFor()
  await eventually(async () => expect(await ben.title()).toMatch(/\d/u))
  await row.click()
  await log(ben).getByRole('separator', { name: 'New messages' }).waitFor()
  await heard(ben, 'Soup')
  await toRooms(ben)
  await row.getByText('unread').waitFor({ state: 'detached' })
})

test('a draft is kept for each room, over a reload too', async () => {
  await openRoom(anna, 'Kitchen')
  await composer(anna).fill('Not yet said in the kitchen')
  await openRoom(anna, 'Ben')
  await eventually(async () => expect(await composer(anna).inputValue()).toBe(''))
  await composer(anna).fill('Not yet said to Ben')
  await roomRow(anna, 'Kitchen').getByText('Draft').waitFor()
  await openRoom(anna, 'Kitchen')
  await eventually(async () =>
    expect(await composer(anna).inputValue()).toBe('Not yet said in the kitchen'),
  )
  await anna.reload()
  await live(anna)
  await eventually(async () =>
    expect(await composer(anna).inputValue()).toBe('Not yet said in the kitchen'),
  )
  await openRoom(anna, 'Ben')
  await eventually(async () =>
    expect(await composer(anna).inputValue()).toBe('Not yet said to Ben'),
  )
  await composer(anna).fill('')
  await openRoom(anna, 'Kitchen')
  await composer(anna).fill('')
})

test('a private room is found by its invite, and by nobody else', async () => {
  await createRoom(anna, 'Secret plans', { isPrivate: true })
  await anna.getByRole('button', { name: 'Members' }).first().click()
  await panel(anna).getByRole('button', { name: 'Invite link' }).click()
  const dialog = anna.getByRole('dialog', { name: 'Invite link' })
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue()
  expect(link).toContain('#/invite/')
  await anna.keyboard.press('Escape')
  const join = await begin(ben, 'Join by invite')
  await join.getByRole('textbox').fill(link)
  await join.getByRole('button', { name: 'Look at the invite' }).click()
  const invite = ben.getByRole('dialog', { name: 'You are invited' })
  await invite.getByText('Secret plans').waitFor()
  await invite.getByRole('button', { name: 'Join', exact: true }).click()
  await composer(ben).waitFor()
  await say(ben, 'I am in')
  await heard(anna, 'I am in')
})

test('a guest comes without an account', async () => {
  const guest = await stage.open(PHONE)
  await comeAsGuest(guest, 'Visitor')
  await joinRoom(guest, 'Kitchen')
  await say(guest, 'Good morning')
  await openRoom(anna, 'Kitchen')
  await heard(anna, 'Good morning')
  await messageRow(anna, 'Good morning').getByText('Visitor').waitFor()
  await guest.context().close()
})
