import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { S3Server } from '../testing/s3-server.ts'
import { startTestApi, type TestApi } from '../testing/test-api.ts'
import { upload, uploadBytes } from '../testing/upload.ts'

const s3 = new S3Server('files')
let api: TestApi
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  await s3.start()
  api = await startTestApi({
    FILE_STORAGE_DIR: '',
    S3_BUCKET: 'files',
    S3_ENDPOINT: s3.url,
    S3_FORCE_PATH_STYLE: 'true',
  })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
  vi.unstubAllEnvs()
})

test('files of a bucket are uploaded, made small, and handed out in parts', async () => {
  const ada = await api.guest('Ada')
  const create = { width: 900, height: 300, channels: 3, background: 'red' } as const
  const png = await sharp({ create }).png().toBuffer()
  const { id } = await upload(api, ada, png, { name: 'red.png' })
  expect([...s3.objects.keys()].toSorted()).toEqual([id, `${id}-thumbnail`])
  const headers = { authorization: `Bearer ${ada.session.accessToken}` }
  const whole = await fetch(`${api.url}/v1/files/${id}`, { headers })
  expect(Buffer.from(await whole.arrayBuffer()).equals(png)).toBe(true)
  const part = await fetch(`${api.url}/v1/files/${id}`, {
    headers: { ...headers, range: 'bytes=1-3' },
  })
  expect([part.status, await part.text()]).toEqual([206, 'PNG'])
  const small = await fetch(`${api.url}/v1/files/${id}?thumbnail=1`, { headers })
  const facts = await sharp(Buffer.from(await small.arrayBuffer())).metadata()
  expect(facts).toMatchObject({ format: 'webp', width: 400 })
})

test('while the bucket takes nothing, an upload fails and leaves nothing', async () => {
  const ada = await api.guest('Ada')
  const before = s3.objects.size
  s3.failOn = (method) => (method === 'PUT' ? 403 : undefined)
  expect(await uploadBytes(api, ada, 'x')).toMatchObject({
    status: 500,
    body: { code: 'INTERNAL' },
  })
  s3.failOn = undefined
  expect(s3.objects.size).toBe(before)
  const [row] = await api.database.query('SELECT COUNT(*) AS n FROM file WHERE owner_id = ?', [
    ada.id,
  ])
  expect(Number(row.n)).toBe(0)
})
