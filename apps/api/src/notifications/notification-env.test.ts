import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnv } from '@parley/server-kit'
import webPush from 'web-push'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  notificationApiEnv,
  notificationWorkerEnv,
  toNotificationApiSettings,
  toNotificationSettings,
} from './notification-env.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-notification-env-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (env: Record<string, string>) =>
  toNotificationSettings(readEnv(z.object(notificationWorkerEnv), env))
const { publicKey, privateKey } = webPush.generateVAPIDKeys()

test('nothing is on that is not set up', () => {
  expect(read({})).toEqual({
    afterMs: 15_000,
    vapid: undefined,
    fcm: undefined,
    apns: undefined,
    mail: undefined,
    digestEveryMs: 24 * 3600_000,
    digestAfterMs: 4 * 3600_000,
  })
  const api = toNotificationApiSettings(readEnv(z.object(notificationApiEnv), {}))
  expect(api).toEqual({ vapidPublicKey: undefined, deviceKinds: new Set(), isMailOn: false })
})

test('keys and addresses are read', () => {
  const settings = read({
    VAPID_PUBLIC_KEY: publicKey,
    VAPID_PRIVATE_KEY: privateKey,
    VAPID_SUBJECT: 'mailto:a@example.com',
    SMTP_URL: 'smtps://user:secret@mail.example.com',
    MAIL_FROM: 'Chat <chat@example.com>',
    PUBLIC_URL: 'https://chat.example.com/',
  })
  expect(settings.vapid).toEqual({ publicKey, privateKey, subject: 'mailto:a@example.com' })
  expect(settings.mail?.publicUrl).toBe('https://chat.example.com')
})

test('what is there by halves is refused by name, and no secret is told', () => {
  expect(() => read({ VAPID_PUBLIC_KEY: publicKey })).toThrow(
    /VAPID_PRIVATE_KEY, VAPID_SUBJECT: missing/u,
  )
  expect(() => read({ SMTP_URL: 'smtp://u:secret@localhost' })).toThrow(/MAIL_FROM, PUBLIC_URL/u)
  expect(() => read({ VAPID_PRIVATE_KEY: 'too-short' })).toThrow(/VAPID_PRIVATE_KEY/u)
  const file = join(folder, 'account.json')
  writeFileSync(file, '{"private_key":"secret"}')
  expect(() => read({ FCM_SERVICE_ACCOUNT_FILE: file })).toThrow(/is no service account/u)
  expect(() => read({ FCM_SERVICE_ACCOUNT_FILE: join(folder, 'none') })).toThrow(/cannot be read/u)
})
