import { eventually } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../testing/test-api.ts'
import { rawUpload, upload, uploadBytes } from '../testing/upload.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ FILE_BYTES_PER_DAY: '1000', FILE_PENDING_PER_USER: '12' })
})
afterAll(() => api[Symbol.asyncDispose]())

test('so many bytes a day, and what is taken back counts too', async () => {
  const ada = await api.guest('Ada')
  const { id } = await upload(api, ada, 'x'.repeat(900))
  await ada.call('DELETE', `/v1/files/${id}`)
  const refused = await uploadBytes(api, ada, 'x'.repeat(101))
  expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
  const retryAfterMs = Number(refused.body.retryAfterMs)
  expect(retryAfterMs).toBeGreaterThan(0)
  expect(retryAfterMs).toBeLessThanOrEqual(24 * 3_600_000)
  // Not announced, it is noticed while it comes.
  const unannounced = await rawUpload(api, ada, {}, (send, end) => {
    send('x'.repeat(60))
    send('x'.repeat(60))
    end()
  })
  expect(unannounced).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
  expect((await uploadBytes(api, ada, 'x')).status).toBe(429)
  await upload(api, await api.guest('Bob'), 'x')
})

test('so many files that are in no message', async () => {
  const ada = await api.guest('Ada')
  const room = await ada.createRoom()
  const files: string[] = []
  for (let n = 0; n < 12; n += 1) files.push((await upload(api, ada, `${n}`)).id)
  expect(await uploadBytes(api, ada, 'more')).toMatchObject({
    status: 422,
    body: { code: 'REJECTED', details: { pending: 12 } },
  })
  await ada.send(room.id, 'see', { attachments: files.slice(0, 1) })
  await upload(api, ada, '4')
})

test('so many at the same time', async () => {
  const ada = await api.guest('Ada')
  const goes: (() => void)[] = []
  const waiting = Array.from({ length: 8 }, () =>
    rawUpload(api, ada, {}, (send, end) => {
      send('x')
      goes.push(end)
    }),
  )
  await eventually(async () => {
    const [row] = await api.database.query('SELECT COUNT(*) AS n FROM file WHERE owner_id = ?', [
      ada.id,
    ])
    expect(Number(row.n)).toBe(8)
  })
  expect(await uploadBytes(api, ada, 'x')).toMatchObject({
    status: 429,
    body: { message: 'At most 8 uploads at the same time.' },
  })
  for (const go of goes) go()
  const statuses = (await Promise.all(waiting)).map(({ status }) => status)
  expect(statuses).toEqual(waiting.map(() => 201))
  await upload(api, ada, 'x')
})

test('a server without a place for files says so', async () => {
  await using without = await startTestApi({ FILE_STORAGE_DIR: '' })
  const ada = await without.guest('Ada')
  expect(await uploadBytes(without, ada, 'x')).toMatchObject({
    status: 422,
    body: { code: 'REJECTED' },
  })
})
