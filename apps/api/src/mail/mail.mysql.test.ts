import { createLogger } from '@parley/server-kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createDigestStore } from '../db/notifications/digest-store.ts'
import {
  CONFIRM_LINK_MS,
  createConfirmMailStore,
  createEmailStore,
} from '../db/users/email-store.ts'
import { startMailCatcher, type CaughtMail, type MailCatcher } from '../testing/mail-catcher.ts'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { createMailer, type Mailer } from './mailer.ts'
import { createSendConfirmMails } from './send-confirm-mails.ts'
import { createSendDigests } from './send-digests.ts'

const HOUR_MS = 3_600_000
let api: TestApi
let pool: Pool
let catcher: MailCatcher
let mailer: Mailer
let aheadMs = 0
let connected = new Set<string>()
const now = (): Date => new Date(Date.now() + aheadMs)
const logger = createLogger('test', 'silent')
let alice: Actor
let bob: Actor
let people = 0
let bobsAddress: string

beforeAll(async () => {
  catcher = await startMailCatcher()
  api = await startTestApi({ MAIL_FROM: 'Chat <chat@example.com>' })
  pool = createLogPool(api.databaseUrl, 6)
  mailer = createMailer({ smtpUrl: catcher.url, from: 'Chat <chat@example.com>' })
})
afterAll(async () => {
  mailer.close()
  await pool.end()
  await api[Symbol.asyncDispose]()
  await catcher[Symbol.asyncDispose]()
})
beforeEach(async () => {
  aheadMs = 0
  connected = new Set()
  people += 1
  bobsAddress = `bob.${people}@example.com`
  alice = await api.guest('Alice')
  bob = await api.guest('Bob <script>')
  await pool.query('DELETE FROM user_email')
})

const sendConfirmMails = () =>
  createSendConfirmMails({
    store: createConfirmMailStore(pool),
    mailer,
    publicUrl: api.url,
    linkMs: CONFIRM_LINK_MS,
    logger,
    now,
  })()
const sendDigests = () =>
  createSendDigests({
    store: createDigestStore(pool),
    mailer,
    connectedAmong: async () => connected,
    publicUrl: api.url,
    everyMs: 24 * HOUR_MS,
    afterMs: 4 * HOUR_MS,
    logger,
    now,
  })()

const putEmail = (actor: Actor, address: string) => actor.call('PUT', '/v1/me/email', { address })
const linkIn = ({ body }: CaughtMail, path: string): string =>
  new RegExp(`(${path}\\?token=[\\w-]+)`, 'u').exec(body)?.[1] ?? ''
const digestsOf = (address: string): CaughtMail[] =>
  catcher.to(address).filter(({ headers }) => headers.has('list-unsubscribe'))

async function confirm(actor: Actor, address: string): Promise<void> {
  await putEmail(actor, address)
  await sendConfirmMails()
  const mail = catcher.to(address).at(-1)
  if (mail === undefined) throw new Error('No mail came.')
  const answer = await api.call('POST', linkIn(mail, '/v1/email/confirm'))
  expect(answer.status).toBe(200)
}

async function dm(): Promise<string> {
  const answer = await alice.call('POST', '/v1/dms', { userIds: [bob.id] })
  return answer.body.room.id as string
}

test('an address counts once the link in its mail was used, by a button and not by looking', async () => {
  expect((await putEmail(bob, bobsAddress)).body.email).toEqual({
    address: bobsAddress,
    confirmedAt: null,
  })
  await sendConfirmMails()
  await sendConfirmMails()
  const [mail, ...others] = catcher.to(bobsAddress)
  expect(others).toEqual([])
  expect(mail?.headers.get('from')).toBe('Chat <chat@example.com>')
  const link = linkIn(mail as CaughtMail, '/v1/email/confirm')
  const page = await api.call('GET', link)
  expect(page.headers.get('content-type')).toMatch(/text\/html/u)
  expect(page.body).toContain('<form method="post"')
  expect((await bob.get('/v1/me/email')).body.email.confirmedAt).toBeNull()
  expect((await api.call('POST', link)).status).toBe(200)
  expect((await api.call('POST', link)).status).toBe(200)
  expect((await bob.get('/v1/me/email')).body.email.confirmedAt).not.toBeNull()
  expect((await bob.call('DELETE', '/v1/me/email')).status).toBe(204)
  expect((await bob.get('/v1/me/email')).body).toEqual({ email: null })
  expect((await api.call('POST', link)).status).toBe(404)
})

test('a link for an address of before is good for nothing', async () => {
  await putEmail(bob, bobsAddress)
  await sendConfirmMails()
  const link = linkIn(catcher.to(bobsAddress)[0] as CaughtMail, '/v1/email/confirm')
  await putEmail(bob, `other.${bobsAddress}`)
  expect((await api.call('POST', link)).status).toBe(404)
  expect((await bob.get('/v1/me/email')).body.email.confirmedAt).toBeNull()
  expect((await api.call('POST', `${link.slice(0, -3)}AAA`)).status).toBe(404)
})

test('nobody’s mailbox is filled: few mails a day, by one person or by many', async () => {
  for (let n = 0; n < 5; n += 1) {
    expect((await putEmail(bob, `${n}.${bobsAddress}`)).status).toBe(200)
    await bob.call('DELETE', '/v1/me/email')
  }
  expect((await putEmail(bob, `6.${bobsAddress}`)).body.code).toBe('RATE_LIMITED')
  const victim = `victim.${bobsAddress}`
  for (let n = 0; n < 5; n += 1) {
    const guest = await api.guest(`Guest ${n}`)
    await putEmail(guest, victim)
    await sendConfirmMails()
    await guest.call('DELETE', '/v1/me/email')
  }
  expect(catcher.to(victim)).toHaveLength(3)
})

test('a mail that was not taken is sent later, with a link of its own', async () => {
  await putEmail(bob, bobsAddress)
  catcher.refuse(1)
  await sendConfirmMails()
  await sendConfirmMails()
  expect(catcher.to(bobsAddress)).toEqual([])
  aheadMs = 5 * 60_000
  await sendConfirmMails()
  expect(catcher.to(bobsAddress)).toHaveLength(1)
})

test('what is unread for long is told of in one mail, and never twice', async () => {
  await confirm(bob, bobsAddress)
  const roomId = await dm()
  await alice.send(roomId, 'Are you <b>there</b>?')
  const { id: plans } = await alice.createRoom({ name: 'Plans & more' })
  await bob.join(plans)
  await alice.send(plans, 'nobody in particular')
  await alice.send(plans, 'you there', { mentions: [bob.id] })
  await sendDigests()
  expect(digestsOf(bobsAddress)).toEqual([])
  aheadMs = 6 * HOUR_MS
  await Promise.all([sendDigests(), sendDigests()])
  const [mail, ...others] = digestsOf(bobsAddress)
  expect(others).toEqual([])
  expect(mail?.headers.get('subject')).toBe('2 unread messages')
  expect(mail?.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  expect(mail?.body).toContain('Alice: 1 message')
  expect(mail?.body).toContain('Alice: Are you <b>there</b>?')
  expect(mail?.body).toContain('<b>Alice</b>: Are you &lt;b&gt;there&lt;/b&gt;?')
  expect(mail?.body).toContain('Plans & more: 1 mention')
  expect(mail?.body).not.toContain('nobody in particular')
  for (const hours of [12, 31, 60, 100]) {
    aheadMs = hours * HOUR_MS
    await sendDigests()
  }
  expect(digestsOf(bobsAddress)).toHaveLength(1)
})

test('at most one a day, of what is new since', async () => {
  await confirm(bob, bobsAddress)
  const roomId = await dm()
  await alice.send(roomId, 'first')
  aheadMs = 6 * HOUR_MS
  await sendDigests()
  await alice.send(roomId, 'second')
  aheadMs = 20 * HOUR_MS
  await sendDigests()
  expect(digestsOf(bobsAddress)).toHaveLength(1)
  aheadMs = 31 * HOUR_MS
  await sendDigests()
  const mails = digestsOf(bobsAddress)
  expect(mails).toHaveLength(2)
  expect(mails[1]?.headers.get('subject')).toBe('1 unread message')
  expect(mails[1]?.body).toContain('second')
  expect(mails[1]?.body).not.toContain('first')
})

test('who has read, is there, was there lately or wants none gets none', async () => {
  await confirm(bob, bobsAddress)
  const roomId = await dm()
  const seq = await alice.send(roomId, 'Hello')
  connected.add(bob.id)
  aheadMs = 6 * HOUR_MS
  await sendDigests()
  connected.clear()
  aheadMs = 11 * HOUR_MS
  await pool.query('REPLACE INTO user_presence (user_id, last_seen_at) VALUES (?, ?)', [
    bob.id,
    now(),
  ])
  await sendDigests()
  await bob.call('PUT', '/v1/me/notifications', { digest: 'off' })
  aheadMs = 40 * HOUR_MS
  await sendDigests()
  await bob.call('PUT', '/v1/me/notifications', { digest: 'daily' })
  await bob.call('PUT', `/v1/rooms/${roomId}/read`, { upTo: seq })
  aheadMs = 60 * HOUR_MS
  await sendDigests()
  expect(digestsOf(bobsAddress)).toEqual([])
})

test('a mail that was not taken tells of the same later', async () => {
  await confirm(bob, bobsAddress)
  await alice.send(await dm(), 'Hello')
  aheadMs = 6 * HOUR_MS
  catcher.refuse(1)
  await sendDigests()
  expect(digestsOf(bobsAddress)).toEqual([])
  aheadMs += HOUR_MS
  await sendDigests()
  expect(digestsOf(bobsAddress).map(({ headers }) => headers.get('subject'))).toEqual([
    '1 unread message',
  ])
})

test('without previews a mail names nobody and nothing', async () => {
  await confirm(bob, bobsAddress)
  await bob.call('PUT', '/v1/me/notifications', { previews: false })
  await alice.send(await dm(), 'a secret')
  aheadMs = 6 * HOUR_MS
  await sendDigests()
  const [mail] = digestsOf(bobsAddress)
  expect(mail?.body).toContain('A conversation: 1 message')
  expect(mail?.body).not.toMatch(/secret|Alice/u)
})

test('one click ends it (RFC 8058); looking at the link does not', async () => {
  await confirm(bob, bobsAddress)
  await alice.send(await dm(), 'Hello')
  aheadMs = 6 * HOUR_MS
  await sendDigests()
  const [mail] = digestsOf(bobsAddress)
  const url = /<(.+)>/u.exec(mail?.headers.get('list-unsubscribe') ?? '')?.[1] ?? ''
  expect((await fetch(url)).status).toBe(200)
  expect((await bob.get('/v1/me/notifications')).body.notifications.digest).toBe('daily')
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  expect(answer.status).toBe(200)
  expect((await bob.get('/v1/me/notifications')).body.notifications.digest).toBe('off')
})

test('an address that the host application gives is good at once, and again changes nothing', async () => {
  const store = createEmailStore(pool)
  await store.trust(bob.id, bobsAddress, now())
  const { email } = (await bob.get('/v1/me/email')).body
  expect(email).toEqual({ address: bobsAddress, confirmedAt: expect.any(String) })
  aheadMs = HOUR_MS
  await store.trust(bob.id, bobsAddress, now())
  expect((await bob.get('/v1/me/email')).body.email).toEqual(email)
  await sendConfirmMails()
  expect(catcher.to(bobsAddress)).toEqual([])
})

test.each(['no address', 'a@b', 'a@example.com\r\nBcc: b@example.com', `${'a'.repeat(250)}@b.com`])(
  '%j is no address',
  async (address) => {
    expect((await putEmail(bob, address)).body.code).toBe('INVALID')
  },
)
