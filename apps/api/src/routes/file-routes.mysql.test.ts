import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@parley/testkit'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { rawUpload, upload, uploadBytes } from '../testing/upload.ts'

const MAX_BYTES = 100_000
const dir = mkdtempSync(join(tmpdir(), 'parley-files-test-'))
let api: TestApi
let ada: Actor
let bob: Actor

beforeAll(async () => {
  api = await startTestApi({ FILE_STORAGE_DIR: dir, FILE_MAX_BYTES: String(MAX_BYTES) })
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const filesOnDisk = (): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

async function rowsOf(owner: Actor): Promise<number> {
  const [row] = await api.database.query('SELECT COUNT(*) AS n FROM file WHERE owner_id = ?', [
    owner.id,
  ])
  return Number(row.n)
}

/** As a message of this room would have it. */
async function attach(roomId: string, seq: number, fileId: string): Promise<void> {
  const bytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')
  await api.database.query('INSERT INTO message_file (room_id, seq, file_id) VALUES (?,?,?)', [
    bytes(roomId),
    seq,
    bytes(fileId),
  ])
  await api.database.query('UPDATE file SET attached_at = NOW(3), check_at = NULL WHERE id = ?', [
    bytes(fileId),
  ])
}

const get = (actor: Actor | undefined, path: string, headers: Record<string, string> = {}) =>
  fetch(api.url + path, {
    headers: {
      ...(actor !== undefined && { authorization: `Bearer ${actor.session.accessToken}` }),
      ...headers,
    },
  })

const form = (...parts: string[]): string => `${parts.join('')}--B--\r\n`
const part = (disposition: string, body: string, type = 'text/plain'): string =>
  `--B\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`
const fields = (count: number): string[] =>
  Array.from({ length: count }, () => part('name="x"', 'x'))
const FORM = { 'content-type': 'multipart/form-data; boundary=B' }
const sendForm = (actor: Actor, body: string) =>
  rawUpload(api, actor, FORM, (send, end) => {
    send(body)
    end()
  })

describe('uploading', () => {
  test('the bytes themselves, and back again', async () => {
    const file = await upload(api, ada, 'hello', { name: 'a.txt', type: 'text/plain' })
    expect(file).toEqual({ id: file.id, name: 'a.txt', mime: 'text/plain', bytes: 5 })
    const answer = await get(ada, `/v1/files/${file.id}`)
    expect(await answer.text()).toBe('hello')
  })

  test('a body of JSON is a file like any other', async () => {
    const file = await upload(api, ada, '{"a": 1}', { name: 'a.json', type: 'application/json' })
    expect(file).toMatchObject({ mime: 'application/json', bytes: 8 })
  })

  test('a form', async () => {
    const body = new FormData()
    body.set('file', new Blob(['hällo'], { type: 'text/plain' }), '報告 ü.txt')
    const response = await fetch(`${api.url}/v1/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.session.accessToken}` },
      body,
    })
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({
      file: { name: '報告 ü.txt', mime: 'text/plain', bytes: 6 },
    })
  })

  test.each([
    ['whatever its field is called', [part('name="data"; filename="a"', 'a')]],
    ['with fields before it', [...fields(10), part('name="file"; filename="a"', 'a')]],
    [
      'with a field of 8 KiB',
      [part('name="x"', 'x'.repeat(8_192)), part('name="file"; filename="a"', 'a')],
    ],
    ['with fields behind it', [part('name="file"; filename="a"', 'a'), ...fields(10)]],
  ])('the file of a form, %s', async (_what, parts) => {
    expect(await sendForm(ada, form(...parts))).toMatchObject({
      status: 201,
      body: { file: { name: 'a', bytes: 1 } },
    })
  })

  test('with an Idempotency-Key a repeat is answered the file that is there', async () => {
    const send = async (key: string) => {
      const body = new FormData()
      body.set('file', new Blob(['same'], { type: 'text/plain' }), 'same.txt')
      const response = await fetch(`${api.url}/v1/uploads`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ada.session.accessToken}`, 'idempotency-key': key },
        body,
      })
      return { status: response.status, ...((await response.json()) as { file: { id: string } }) }
    }
    const first = await send('one')
    expect(first.status).toBe(201)
    expect(await send('one')).toEqual(first)
    expect((await send('two')).file.id).not.toBe(first.file.id)
  })

  test('an image has its measure and a small picture', async () => {
    const create = { width: 900, height: 300, channels: 3, background: 'red' } as const
    const png = await sharp({ create }).png().toBuffer()
    const file = await upload(api, ada, png, { name: 'red.png', type: 'text/html' })
    expect(file).toMatchObject({ mime: 'image/png', width: 900, height: 300, thumbnail: true })
    const answer = await get(ada, `/v1/files/${file.id}?thumbnail=1`)
    expect(answer.headers.get('content-type')).toBe('image/webp')
    expect(answer.headers.get('content-disposition')).toMatch(/^inline; filename="red.png.webp"/u)
    const small = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
    expect(small).toMatchObject({ format: 'webp', width: 400 })
  })

  test('an image that breaks off is stored as it came', async () => {
    const create = { width: 200, height: 200, channels: 3, background: 'red' } as const
    const noise = { ...create, noise: { type: 'gaussian', mean: 128, sigma: 30 } } as const
    const png = await sharp({ create: noise }).png().toBuffer()
    const file = await upload(api, ada, png.subarray(0, 5_000), { name: 'half.png' })
    expect(file).toMatchObject({ mime: 'image/png', bytes: 5_000 })
    expect(file).not.toHaveProperty('thumbnail')
    expect((await get(ada, `/v1/files/${file.id}?thumbnail=1`)).status).toBe(404)
    expect((await get(ada, `/v1/files/${file.id}`)).status).toBe(200)
  })

  test.each([
    ['../../../etc/passwd', 'passwd'],
    ['a\0b.txt', 'ab.txt'],
    ['gpj.\u202eexe', 'gpj.exe'],
    ['x'.repeat(900), 'x'.repeat(255)],
  ])('the name %j is offered as %j', async (name, offered) => {
    const file = await upload(api, ada, 'x', { name })
    expect(file.name).toBe(offered)
    const header = (await get(ada, `/v1/files/${file.id}`)).headers.get('content-disposition')
    expect(header).toContain(`filename="${offered}"`)
    expect(filesOnDisk()).toContain(file.id)
  })
})

describe('uploads that are refused leave nothing', () => {
  const cases: [
    string,
    number,
    string,
    (actor: Actor) => Promise<{ status: number; body: { code?: string } }>,
  ][] = [
    ['an empty body', 400, 'INVALID', (actor) => uploadBytes(api, actor, '')],
    [
      'an empty file in a form',
      400,
      'INVALID',
      (actor) => sendForm(actor, form(part('name="file"; filename="a"', ''))),
    ],
    [
      'two files',
      400,
      'INVALID',
      (actor) =>
        sendForm(
          actor,
          form(part('name="file"; filename="a"', 'a'), part('name="other"; filename="b"', 'b')),
        ),
    ],
    [
      'many fields before the file',
      400,
      'INVALID',
      (actor) => sendForm(actor, form(...fields(11), part('name="file"; filename="a"', 'a'))),
    ],
    [
      'many fields behind it',
      400,
      'INVALID',
      (actor) => sendForm(actor, form(part('name="file"; filename="a"', 'a'), ...fields(11))),
    ],
    [
      'a long field',
      400,
      'INVALID',
      (actor) =>
        sendForm(
          actor,
          form(part('name="x"', 'x'.repeat(8_193)), part('name="file"; filename="a"', 'a')),
        ),
    ],
    [
      'a field that does not end',
      400,
      'INVALID',
      (actor) => sendForm(actor, part('name="x"', 'x'.repeat(600_000))),
    ],
    [
      'a file, and a field that does not end',
      400,
      'INVALID',
      (actor) =>
        sendForm(
          actor,
          part('name="file"; filename="a"', 'a') + part('name="x"', 'x'.repeat(600_000)),
        ),
    ],
    [
      'a field that is no file',
      400,
      'INVALID',
      (actor) => sendForm(actor, form(part('name="file"', 'a'))),
    ],
    ['no field', 400, 'INVALID', (actor) => sendForm(actor, form())],
    [
      'a form that breaks off',
      400,
      'INVALID',
      (actor) => sendForm(actor, part('name="file"; filename="a"', 'a')),
    ],
    [
      'a form that breaks off in its head',
      400,
      'INVALID',
      (actor) => sendForm(actor, '--B\r\nContent-Disp'),
    ],
    [
      'another boundary',
      400,
      'INVALID',
      (actor) =>
        sendForm(actor, form(part('name="file"; filename="a"', 'a')).replaceAll('--B', '--C')),
    ],
    [
      'no boundary',
      400,
      'INVALID',
      (actor) => uploadBytes(api, actor, 'x', { type: 'multipart/form-data' }),
    ],
    [
      'too many bytes',
      413,
      'TOO_LARGE',
      (actor) => uploadBytes(api, actor, Buffer.alloc(MAX_BYTES + 1)),
    ],
    [
      'too many bytes that were not announced',
      413,
      'TOO_LARGE',
      (actor) =>
        rawUpload(api, actor, { 'content-type': 'video/mp4' }, (send, end) => {
          for (let sent = 0; sent <= MAX_BYTES; sent += 10_000) send(Buffer.alloc(10_000))
          end()
        }),
    ],
    [
      'too many bytes in a form',
      413,
      'TOO_LARGE',
      (actor) =>
        sendForm(actor, form(part('name="file"; filename="a"', 'x'.repeat(MAX_BYTES + 1)))),
    ],
    [
      'an unknown purpose',
      400,
      'INVALID',
      (actor) => uploadBytes(api, actor, 'x', { query: '&purpose=fun' }),
    ],
    [
      'an avatar that is no image',
      422,
      'REJECTED',
      (actor) => uploadBytes(api, actor, 'x', { query: '&purpose=avatar' }),
    ],
  ]
  test.each(cases)('%s', async (_what, status, code, send) => {
    const actor = await api.guest('Mallory')
    const before = filesOnDisk()
    const answer = await send(actor)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(filesOnDisk()).toEqual(before)
    expect(await rowsOf(actor)).toBe(0)
    // The connection and the server go on.
    await upload(api, actor, 'still there')
  })

  test('a body that never ends is cut off where it is too long', async () => {
    const actor = await api.guest('Mallory')
    const before = filesOnDisk()
    const answer = await rawUpload(api, actor, { 'content-type': 'video/mp4' }, (send) => {
      for (let sent = 0; sent <= MAX_BYTES; sent += 10_000) send(Buffer.alloc(10_000))
    })
    expect(answer).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } })
    expect(filesOnDisk()).toEqual(before)
  })

  test.each([
    ['of bytes', { 'content-type': 'video/mp4', 'content-length': '50000' }, 'x'.repeat(1_000)],
    ['of a form', FORM, part('name="file"; filename="a"', 'x'.repeat(1_000)).slice(0, -10)],
  ])('an upload %s whose sender goes away', async (_what, headers, begin) => {
    const actor = await api.guest('Mallory')
    const before = filesOnDisk()
    const call = rawUpload(api, actor, headers, (send, _end, abort) => {
      send(begin)
      void eventually(async () => {
        expect(await rowsOf(actor)).toBe(1)
      }).then(abort)
    })
    await expect(call).rejects.toThrow()
    await eventually(async () => {
      expect(await rowsOf(actor)).toBe(0)
      expect(filesOnDisk()).toEqual(before)
    })
  })

  test('without a token', async () => {
    const response = await fetch(`${api.url}/v1/uploads`, { method: 'POST', body: 'x' })
    expect(response.status).toBe(401)
  })
})

describe('what a browser may do with it', () => {
  test.each<[string, Buffer | string, string, string, string]>([
    ['a page', '<script>alert(1)</script>', 'text/html', 'application/octet-stream', 'attachment'],
    ['a page called PNG', '<html>', 'image/png', 'application/octet-stream', 'attachment'],
    [
      'a drawing',
      '<svg onload="alert(1)"/>',
      'image/svg+xml',
      'application/octet-stream',
      'attachment',
    ],
    ['XML', '<?xml version="1.0"?><svg/>', 'image/svg+xml', 'application/xml', 'attachment'],
    ['a script', 'alert(1)', 'text/javascript', 'application/octet-stream', 'attachment'],
    ['a PDF', '%PDF-1.7\n', 'application/pdf', 'application/pdf', 'attachment'],
    ['text', 'text', 'text/plain', 'text/plain; charset=utf-8', 'inline'],
    [
      'a GIF that is also a script',
      Buffer.from('GIF89a\x01\0\x01\0\0\0\0=1;alert(1)', 'latin1'),
      'image/gif',
      'image/gif',
      'inline',
    ],
  ])('%s', async (_what, bytes, claimed, type, disposition) => {
    const file = await upload(api, ada, bytes, { name: 'a.html', type: claimed })
    const { headers } = await get(ada, `/v1/files/${file.id}`)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`, 'u'))
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
    expect(headers.get('cache-control')).toMatch(/^private/u)
  })
})

describe('ranges and conditions', () => {
  let path: string
  beforeAll(async () => {
    const { id } = await upload(api, ada, '0123456789', { type: 'text/plain' })
    path = `/v1/files/${id}`
  })

  test.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-11', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=0-1,5-6', 200, '0123456789', null],
    ['bytes=0-1,2-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=5-2', 416, '', 'bytes */10'],
    ['lines=1-2', 200, '0123456789', null],
    ['nonsense', 200, '0123456789', null],
  ])('%s', async (range, status, body, contentRange) => {
    const answer = await get(ada, path, { range })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toBe(body)
    expect(answer.headers.get('content-range')).toBe(contentRange)
    if (status < 300) expect(answer.headers.get('content-length')).toBe(String(body.length))
  })

  test('a client that has it gets nothing; half of another file is not continued', async () => {
    const first = await get(ada, path)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/u)
    expect(first.headers.get('accept-ranges')).toBe('bytes')
    expect((await get(ada, path, { 'if-none-match': etag })).status).toBe(304)
    expect((await get(ada, path, { 'if-none-match': '"other"' })).status).toBe(200)
    const range = { range: 'bytes=0-3' }
    expect((await get(ada, path, { ...range, 'if-range': etag })).status).toBe(206)
    expect((await get(ada, path, { ...range, 'if-range': '"other"' })).status).toBe(200)
  })

  test('HEAD tells everything but the bytes', async () => {
    const answer = await fetch(api.url + path, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${ada.session.accessToken}` },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-length')).toBe('10')
    expect(await answer.text()).toBe('')
  })

  test('a file whose bytes are lost is not there, and says so as a problem', async () => {
    const { id } = await upload(api, ada, 'gone')
    rmSync(join(dir, id.slice(34, 36), id.slice(32, 34), id))
    const answer = await get(ada, `/v1/files/${id}`)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/u)
    expect(answer.headers.get('etag')).not.toMatch(/^"[0-9a-f]{32}"$/u)
    expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('who may have it', () => {
  test('before it is sent, only its uploader', async () => {
    const { id } = await upload(api, ada, 'x')
    expect((await get(ada, `/v1/files/${id}`)).status).toBe(200)
    expect((await get(bob, `/v1/files/${id}`)).status).toBe(404)
    expect((await get(undefined, `/v1/files/${id}`)).status).toBe(401)
    expect((await get(ada, `/v1/files/${randomUUID()}`)).status).toBe(404)
    expect((await get(ada, '/v1/files/nonsense')).status).toBe(400)
  })

  test('then the members who may see the message, and nobody else', async () => {
    const [carol, dave, eve] = await Promise.all(
      ['Carol', 'Dave', 'Eve'].map((name) => api.guest(name)),
    )
    const room = await ada.createRoom({ visibility: 'private', history: 'since-join' })
    await ada.call('PUT', `/v1/rooms/${room.id}/members/${bob.id}`)
    const { id } = await upload(api, ada, 'secret')
    const seq = await ada.send(room.id, 'see')
    await attach(room.id, seq, id)
    const other = await carol!.createRoom()
    await carol!.send(other.id, 'x')
    const statuses = async () =>
      Promise.all(
        [ada, bob, carol!, dave!].map(
          async (actor) => (await get(actor, `/v1/files/${id}`)).status,
        ),
      )
    expect(await statuses()).toEqual([200, 200, 404, 404])

    // Somebody who came after the message does not see it in this room.
    await ada.call('PUT', `/v1/rooms/${room.id}/members/${dave!.id}`)
    expect(await statuses()).toEqual([200, 200, 404, 404])
    await bob.leave(room.id)
    expect(await statuses()).toEqual([200, 404, 404, 404])
    // Its uploader has no more right to it than the others.
    await ada.call('PUT', `/v1/rooms/${room.id}/members/${eve!.id}`)
    await ada.leave(room.id)
    expect(await statuses()).toEqual([404, 404, 404, 404])
  })

  test('an avatar is for everybody who is signed in', async () => {
    const create = { width: 50, height: 50, channels: 3, background: 'red' } as const
    const png = await sharp({ create }).png().toBuffer()
    const { id } = await upload(api, ada, png, { query: '&purpose=avatar' })
    expect((await get(bob, `/v1/files/${id}`)).status).toBe(200)
    expect((await get(bob, `/v1/files/${id}?thumbnail=1`)).status).toBe(200)
    expect((await get(undefined, `/v1/files/${id}`)).status).toBe(401)
  })
})

describe('links', () => {
  const link = async (actor: Actor, id: string, query = '') =>
    actor.call('POST', `/v1/files/${id}/link${query}`)

  test('open the file without a header, for as long as their owner may have it', async () => {
    const room = await ada.createRoom()
    await bob.join(room.id)
    const { id } = await upload(api, ada, '0123456789', { type: 'text/plain' })
    await attach(room.id, await ada.send(room.id, 'see'), id)
    const { status, body } = await link(bob, id)
    expect(status).toBe(200)
    const leftMs = Date.parse(body.expiresAt) - Date.now()
    expect(leftMs).toBeGreaterThan(5 * 60_000)
    expect(leftMs).toBeLessThanOrEqual(15 * 60_000)
    const answer = await get(undefined, body.url, { range: 'bytes=2-3' })
    expect(answer.status).toBe(206)
    expect(await answer.text()).toBe('23')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')

    await bob.leave(room.id)
    expect((await get(undefined, body.url)).status).toBe(404)
    expect((await link(bob, id)).status).toBe(404)
  })

  test('cannot be made for others, nor changed', async () => {
    const { id } = await upload(api, ada, 'x')
    expect((await link(bob, id)).status).toBe(404)
    expect((await link(ada, id, '?thumbnail=1')).status).toBe(404)
    const { url } = (await link(ada, id)).body
    expect((await get(undefined, url)).status).toBe(200)
    expect((await get(undefined, `${url}x`)).status).toBe(404)
    const other = await upload(api, ada, 'y')
    expect((await get(undefined, url.replace(id, other.id))).status).toBe(404)
    expect((await get(undefined, url.replace(/=.*$/u, '=a.b'))).status).toBe(404)
  })
})

describe('taking back', () => {
  test('what was not sent yet', async () => {
    const { id } = await upload(api, ada, 'x')
    expect((await bob.call('DELETE', `/v1/files/${id}`)).status).toBe(404)
    expect((await ada.call('DELETE', `/v1/files/${id}`)).status).toBe(204)
    expect((await get(ada, `/v1/files/${id}`)).status).toBe(404)
    expect((await ada.call('DELETE', `/v1/files/${id}`)).status).toBe(404)
  })

  test('but not what is in a message', async () => {
    const room = await ada.createRoom()
    const { id } = await upload(api, ada, 'x')
    await attach(room.id, await ada.send(room.id, 'see'), id)
    expect(await ada.call('DELETE', `/v1/files/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    })
  })
})
