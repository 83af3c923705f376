import { randomUUID } from 'node:crypto'
import { eventually } from '@parley/testkit'
import { expect, test } from 'vitest'
import { startMailCatcher } from '../testing/mail-catcher.ts'
import { startNotificationRig } from '../testing/notification-rig.ts'
import { startTestWorker } from '../testing/test-worker.ts'

test('workers do all of it: two push once, send once what was scheduled, and send mails', async () => {
  await using catcher = await startMailCatcher()
  await using rig = await startNotificationRig({ MAIL_FROM: 'chat@example.com' })
  const alice = await rig.api.guest('Alice')
  const bob = await rig.api.guest('Bob')
  await rig.subscribe(bob, 'bob')
  const env = {
    JOBS_PREFIX: `test-${randomUUID()}`,
    NOTIFY_AFTER_S: '0',
    VAPID_PUBLIC_KEY: rig.vapid.publicKey,
    VAPID_PRIVATE_KEY: rig.vapid.privateKey,
    VAPID_SUBJECT: 'mailto:test@example.com',
    PUSH_ALLOWED_HOSTS: rig.receiver.host,
    SMTP_URL: catcher.url,
    MAIL_FROM: 'chat@example.com',
    PUBLIC_URL: rig.api.url,
  }
  await using one = await startTestWorker(rig.api.databaseUrl, env)
  await using two = await startTestWorker(rig.api.databaseUrl, env)
  await bob.call('PUT', '/v1/me/email', { address: 'bob@example.com' })
  const answer = await alice.call('POST', '/v1/dms', { userIds: [bob.id] })
  const roomId = answer.body.room.id as string
  const sendAt = new Date(Date.now() + 2_000).toISOString()
  await alice.call('POST', `/v1/rooms/${roomId}/scheduled`, { sendAt, text: 'Later' })
  await eventually(
    async () => {
      expect((await alice.messages(roomId)).map(({ text }) => text)).toEqual(['Later'])
      expect(rig.receiver.to('bob').map(({ payload }) => payload)).toMatchObject([
        { type: 'message', roomId, body: 'Later', count: 1 },
      ])
    },
    { timeoutMs: 30_000 },
  )
  const [message] = await alice.messages(roomId)
  await bob.call('PUT', `/v1/rooms/${roomId}/read`, { upTo: message?.seq })
  await eventually(
    () => {
      expect(rig.receiver.to('bob').at(-1)?.payload).toEqual({
        type: 'clear',
        roomId,
        seq: message?.seq,
      })
    },
    { timeoutMs: 30_000 },
  )
  await eventually(() => expect(catcher.to('bob@example.com')).toHaveLength(1), {
    timeoutMs: 30_000,
  })
  // What they had in hand is done: there was none of it twice.
  await Promise.all([one.stop(), two.stop()])
  expect(rig.receiver.to('bob')).toHaveLength(2)
  expect(catcher.to('bob@example.com')).toHaveLength(1)
  expect(await alice.messages(roomId)).toHaveLength(1)
}, 90_000)
