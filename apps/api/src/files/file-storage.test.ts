import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { S3Server } from '../testing/s3-server.ts'
import { createDiskStorage } from './disk-storage.ts'
import { fileKey, MissingBytesError, thumbnailKey, type FileStorage } from './file-storage.ts'
import { createS3Storage } from './s3-storage.ts'

const MIB = 1024 * 1024
const ID = '0197f0c1-0000-7000-8000-0000000000ab'
const OTHER = '0197f0c1-0000-7000-8000-0000000000cd'

async function* chunks(...parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts
}
async function* broken(...parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts
  throw new Error('The sender went away.')
}
/** Not all the same, so that parts in the wrong order are seen. */
const large = (): Buffer[] => Array.from({ length: 40 }, (_, n) => Buffer.alloc(MIB / 2, n))

const dir = mkdtempSync(join(tmpdir(), 'parley-storage-test-'))
const server = new S3Server('files')
const storages = new Map<string, FileStorage>()
const storageOf = (kind: string): FileStorage => storages.get(kind)!

beforeAll(async () => {
  await server.start()
  // The SDK finds credentials in its usual places; these are of the test.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  const s3 = { bucket: 'files', endpoint: server.url, region: 'us-east-1', forcePathStyle: true }
  storages.set('S3', createS3Storage({ ...s3, prefix: 'parley/' }))
  storages.set('disk', createDiskStorage(dir))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const storage of storages.values()) storage.close()
  await server[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const stored = (kind: string): number =>
  kind === 'S3'
    ? server.objects.size + server.uploads.size
    : readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
        .length

describe.each(['disk', 'S3'])('%s', (kind) => {
  test('what is written is read, whole and in part, until it is removed', async () => {
    const storage = storageOf(kind)
    await storage.write(fileKey(ID), chunks(Buffer.from('0123'), Buffer.from('456789')))
    await storage.write(thumbnailKey(ID), chunks(Buffer.from('small')))
    expect(stored(kind)).toBe(2)
    const read = async (key: string, range?: { start: number; end: number }) =>
      (await buffer(await storage.open(key, range))).toString()
    expect(await read(fileKey(ID))).toBe('0123456789')
    expect(await read(fileKey(ID), { start: 2, end: 5 })).toBe('2345')
    expect(await read(fileKey(ID), { start: 9, end: 9 })).toBe('9')
    expect(await read(thumbnailKey(ID))).toBe('small')
    await storage.remove(fileKey(ID))
    await expect(storage.open(fileKey(ID))).rejects.toThrow(MissingBytesError)
    await storage.removeUnfinished(thumbnailKey(ID))
    expect(stored(kind)).toBe(0)
  })

  test('a large file goes in parts', async () => {
    const storage = storageOf(kind)
    await storage.write(fileKey(ID), chunks(...large()))
    const read = await buffer(await storage.open(fileKey(ID)))
    expect(read.equals(Buffer.concat(large()))).toBe(true)
    await storage.remove(fileKey(ID))
    expect(stored(kind)).toBe(0)
  })

  test.each([1, 20, 40])('a sender that goes away after %i parts leaves nothing', async (count) => {
    const storage = storageOf(kind)
    const writing = storage.write(fileKey(ID), broken(...large().slice(0, count)))
    await expect(writing).rejects.toThrow('The sender went away.')
    await expect(storage.open(fileKey(ID))).rejects.toThrow(MissingBytesError)
    expect(stored(kind)).toBe(0)
  })

  test('what is not there can be removed', async () => {
    const storage = storageOf(kind)
    await storage.remove(fileKey(OTHER))
    await storage.removeUnfinished(fileKey(OTHER))
    await expect(storage.open(fileKey(OTHER))).rejects.toThrow(MissingBytesError)
  })
})

test('S3: what a writer that died has begun is found and ended, and nothing else', async () => {
  const storage = storageOf('S3')
  server.uploads.set('one', { key: `parley/${ID}`, parts: new Map() })
  server.uploads.set('two', { key: `parley/${ID}-thumbnail`, parts: new Map() })
  await storage.removeUnfinished(fileKey(ID))
  expect([...server.uploads.keys()]).toEqual(['two'])
  server.uploads.clear()
})

test('S3: everything is below the prefix, and signed', async () => {
  server.requests.length = 0
  await storageOf('S3').write(fileKey(ID), chunks(Buffer.from('x')))
  expect(server.requests).toEqual([
    expect.stringMatching(new RegExp(`^PUT /files/parley/${ID}`, 'u')),
  ])
  server.objects.clear()
})

test('S3: what the bucket refuses is an error and no missing file', async () => {
  server.failOn = () => 403
  const storage = storageOf('S3')
  await expect(storage.open(fileKey(ID))).rejects.not.toThrow(MissingBytesError)
  await expect(storage.write(fileKey(ID), chunks(Buffer.from('x')))).rejects.toThrow('AccessDenied')
  server.failOn = (method, url) =>
    method === 'PUT' && url.searchParams.get('partNumber') === '2' ? 403 : undefined
  await expect(storage.write(fileKey(ID), chunks(...large()))).rejects.toThrow('AccessDenied')
  server.failOn = undefined
  expect(stored('S3')).toBe(0)
})

test('disk: a key is never a path', async () => {
  const storage = storageOf('disk')
  for (const key of ['../../etc/passwd', '/etc/passwd', '', `${ID}/x`, `${ID}-other`]) {
    await expect(storage.open(key)).rejects.toThrow('no key')
    await expect(storage.write(key, chunks())).rejects.toThrow('no key')
  }
})
