import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, createRegistry } from '@parley/server-kit'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createStaleFileStore } from '../db/files/stale-file-store.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { upload } from '../testing/upload.ts'
import { createCollectFiles } from './collect-files.ts'
import { createDiskStorage } from './disk-storage.ts'
import { fileJobs } from './file-jobs.ts'
import type { FileStorage } from './file-storage.ts'

const dir = mkdtempSync(join(tmpdir(), 'parley-collect-test-'))
const logger = createLogger('test', 'silent')
const never = new AbortController().signal
let api: TestApi
let pool: Pool
let ada: Actor

beforeAll(async () => {
  api = await startTestApi({ FILE_STORAGE_DIR: dir })
  pool = createLogPool(api.databaseUrl, 2)
  ada = await api.guest('Ada')
})
afterAll(async () => {
  await pool.end()
  await api[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const collect = (storage: FileStorage = createDiskStorage(dir)): Promise<void> =>
  createCollectFiles({ store: createStaleFileStore(pool), storage, logger })(never)
const filesOnDisk = (): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted()
const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const passHours = (hours: number) =>
  api.database.query('UPDATE file SET check_at = check_at - INTERVAL ? HOUR', [hours])
const statusOf = async (id: string): Promise<number> => (await ada.get(`/v1/files/${id}`)).status
const isKnown = async (id: string): Promise<boolean> =>
  (await api.database.query('SELECT 1 FROM file WHERE id = ?', [bytesOf(id)])).length > 0
const sendWith = (roomId: string, ids: string[]) => ada.send(roomId, 'see', { attachments: ids })

async function png(): Promise<Buffer> {
  const create = { width: 50, height: 50, channels: 3, background: 'red' } as const
  return sharp({ create }).png().toBuffer()
}

test('what was never sent goes after a day, with its thumbnail', async () => {
  const { id } = await upload(api, ada, await png())
  expect(filesOnDisk()).toEqual([id, `${id}-thumbnail`])
  await collect()
  await passHours(23)
  await collect()
  expect(await statusOf(id)).toBe(200)
  await passHours(1)
  await collect()
  expect(await statusOf(id)).toBe(404)
  expect(await isKnown(id)).toBe(false)
  expect(filesOnDisk()).toEqual([])
})

test('what was sent stays, and goes with its last message', async () => {
  const room = await ada.createRoom()
  const { id } = await upload(api, ada, 'x')
  const first = await sendWith(room.id, [id])
  const second = await sendWith(room.id, [id])
  await passHours(100)
  await collect()
  expect(await statusOf(id)).toBe(200)

  await ada.call('DELETE', `/v1/rooms/${room.id}/messages/${first}`)
  await passHours(100)
  await collect()
  expect(await statusOf(id)).toBe(200)

  await ada.call('DELETE', `/v1/rooms/${room.id}/messages/${second}`)
  // From this moment on nobody gets it, and nobody can send it again.
  expect(await statusOf(id)).toBe(404)
  const again = await ada.call('POST', `/v1/rooms/${room.id}/messages`, { attachments: [id] })
  expect(again.status).toBe(400)
  await passHours(2)
  await collect()
  expect(await isKnown(id)).toBe(false)
  expect(filesOnDisk()).toEqual([])
})

test('files of a room that was deleted, and of messages that were purged, go', async () => {
  const room = await ada.createRoom()
  const other = await ada.createRoom()
  const [one, two, three] = await Promise.all(['1', '2', '3'].map((text) => upload(api, ada, text)))
  await sendWith(room.id, [one!.id])
  const seq = await sendWith(other.id, [two!.id])
  await sendWith(other.id, [three!.id])
  await api.database.query('UPDATE room SET deleted_at = UTC_TIMESTAMP(3) WHERE id = ?', [
    bytesOf(room.id),
  ])
  await api.database.query('UPDATE room SET erased_to = ? WHERE id = ?', [seq, bytesOf(other.id)])
  await api.database.query('INSERT INTO room_purge (room_id, purged_to) VALUES (?,?)', [
    bytesOf(other.id),
    seq,
  ])
  expect(await Promise.all([one!, two!, three!].map(({ id }) => statusOf(id)))).toEqual([
    404, 404, 200,
  ])
  await collect()
  await passHours(2)
  await collect()
  expect(filesOnDisk()).toEqual([three!.id])
  await api.database.query('DELETE FROM message_file')
  await api.database.query('UPDATE file SET check_at = UTC_TIMESTAMP(3)')
  await collect()
  expect(filesOnDisk()).toEqual([])
})

test('an avatar stays while a profile or a room shows it', async () => {
  const query = '&purpose=avatar'
  const [mine, ofRoom, unused] = await Promise.all(
    [1, 2, 3].map(async () => upload(api, ada, await png(), { query })),
  )
  const room = await ada.createRoom()
  const show = (table: string, id: string | Buffer, fileId: string | null) =>
    api.database.query(`UPDATE ${table} SET avatar_url = ? WHERE id = ?`, [
      fileId === null ? null : `/v1/files/${fileId}`,
      id,
    ])
  await show('user', ada.id, mine!.id)
  await show('room', bytesOf(room.id), ofRoom!.id)
  await passHours(24)
  await collect()
  const statuses = () => Promise.all([mine!, ofRoom!, unused!].map(({ id }) => statusOf(id)))
  expect(await statuses()).toEqual([200, 200, 404])
  await show('user', ada.id, null)
  await show('room', bytesOf(room.id), null)
  await passHours(24)
  await collect()
  expect(await statuses()).toEqual([404, 404, 404])
  expect(filesOnDisk()).toEqual([])
})

test('what an erased user has uploaded and not sent goes', async () => {
  const bob = await api.guest('Bob')
  const { id } = await upload(api, bob, 'x')
  const avatar = await upload(api, bob, await png(), { query: '&purpose=avatar' })
  await api.database.query(
    'INSERT INTO user_erasure (user_id, asked_at, asked_by) VALUES (?, UTC_TIMESTAMP(3), ?)',
    [bob.id, 'root'],
  )
  await collect()
  expect(await isKnown(id)).toBe(false)
  expect(await isKnown(avatar.id)).toBe(false)
  expect(filesOnDisk()).toEqual([])
})

test('the picture of somebody who is erased is gone at once, before anybody collects it', async () => {
  const bob = await api.guest('Bob')
  const picture = await upload(api, bob, await png(), { query: '&purpose=avatar' })
  const avatarUrl = `/v1/files/${picture.id}`
  expect((await bob.call('PATCH', '/v1/me', { avatarUrl })).status).toBe(200)
  expect(await statusOf(picture.id)).toBe(200)
  await api.call('DELETE', `/v1/users/${bob.id}`, { token: ROOT_API_KEY })
  expect(await statusOf(picture.id)).toBe(404)
  await collect()
  expect(filesOnDisk()).toEqual([])
})

test('what an upload that died has left goes', async () => {
  const id = '0197f0c1-0000-7000-8000-0000000000ab'
  await api.database.query(
    `INSERT INTO file (id, owner_id, purpose, name, mime, created_at, check_at)
     VALUES (?, ?, 'message', 'a', '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 3 HOUR)`,
    [bytesOf(id), ada.id],
  )
  const storage = createDiskStorage(dir)
  async function* stuck(): AsyncGenerator<Buffer> {
    yield Buffer.from('half')
    await new Promise(() => {})
  }
  void storage.write(id, stuck())
  await expect.poll(filesOnDisk, { timeout: 20_000 }).toEqual([id])
  await collect()
  expect(filesOnDisk()).toEqual([id])
  await passHours(3)
  await collect()
  expect(filesOnDisk()).toEqual([])
  expect(await isKnown(id)).toBe(false)
})

test('bytes that cannot be removed now are removed later, and are not handed out meanwhile', async () => {
  const { id } = await upload(api, ada, 'x')
  await passHours(24)
  const disk = createDiskStorage(dir)
  await collect({ ...disk, remove: () => Promise.reject(new Error('The disk is away.')) })
  expect(await statusOf(id)).toBe(404)
  expect(await isKnown(id)).toBe(true)
  await collect()
  expect(await isKnown(id)).toBe(true)
  await passHours(1)
  await collect()
  expect(await isKnown(id)).toBe(false)
  expect(filesOnDisk()).toEqual([])
})

test('a file that is being sent is not taken away', async () => {
  const room = await ada.createRoom()
  const { id } = await upload(api, ada, 'x')
  await passHours(24)
  await sendWith(room.id, [id])
  await collect()
  expect(await statusOf(id)).toBe(200)
})

test('two at the same time remove each file once', async () => {
  const uploaded = await Promise.all(Array.from({ length: 8 }, () => upload(api, ada, 'x')))
  await passHours(24)
  const removed: string[] = []
  const disk = createDiskStorage(dir)
  const counting: FileStorage = {
    ...disk,
    async remove(key) {
      removed.push(key)
      await disk.remove(key)
    },
  }
  await Promise.all([collect(counting), collect(counting)])
  const ids = uploaded.map(({ id }) => id)
  expect(removed.filter((key) => ids.includes(key)).toSorted()).toEqual(ids.toSorted())
})

test('a worker without a place for files leaves them alone', () => {
  const config = { storage: { dir: undefined, s3: undefined } }
  const ports = { config, pool, logger, metrics: createRegistry('test') }
  expect(fileJobs(ports as never)).toEqual({ jobs: [], consumers: [] })
})
