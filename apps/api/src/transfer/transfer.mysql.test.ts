import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { ImportReport } from '@parley/message-schema'
import { eventually } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../db/connect.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

const KEY = ROOT_API_KEY
let api: TestApi
let pool: Pool
let ada: Actor
let bob: Actor

beforeAll(async () => {
  api = await startTestApi()
  pool = createLogPool(api.databaseUrl, 2)
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
})
afterAll(async () => {
  await pool.end()
  await api[Symbol.asyncDispose]()
})

type Line = Record<string, unknown>
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

async function exportOf(roomId: string, query = ''): Promise<Line[]> {
  const answer = await api.call('GET', `/v1/server/rooms/${roomId}/export${query}`, { token: KEY })
  expect(answer.status).toBe(200)
  return linesOf(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
}

const importRaw = (roomId: string, body: string, query = '') =>
  api.call('POST', `/v1/rooms/${roomId}/import${query}`, {
    token: KEY,
    body,
    headers: { 'content-type': 'application/x-ndjson' },
  })

async function importInto(
  roomId: string,
  lines: readonly Line[],
  query = '',
): Promise<ImportReport> {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const answer = await importRaw(roomId, body, query)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const told = typeof answer.body === 'string' ? linesOf(answer.body) : [answer.body as Line]
  return told.at(-1) as unknown as ImportReport
}

const lineOf = (n: number, more: Line = {}): Line => ({
  id: `m${n}`,
  senderId: ada.id,
  text: `message ${n}`,
  ts: new Date(1_600_000_000_000 + n * 60_000).toISOString(),
  ...more,
})

const headOf = async (roomId: string): Promise<number> =>
  (await ada.get(`/v1/rooms/${roomId}`)).body.room.head as number

describe('an export', () => {
  test('has the room, every message in order with its files and tombstones, and an end', async () => {
    const room = (await ada.createRoom({ name: 'Exported' })).id
    const first = await ada.send(room, 'first', { payload: { a: 1 } })
    const second = await ada.send(room, 'second', { replyTo: first })
    const gone = await ada.send(room, 'gone')
    await ada.call('PATCH', `/v1/rooms/${room}/messages/${first}`, { text: 'first, edited' })
    await ada.call('DELETE', `/v1/rooms/${room}/messages/${gone}`)
    const lines = await exportOf(room, '?versions=1')
    const head = await headOf(room)
    expect(lines[0]).toMatchObject({ kind: 'room', roomId: room, name: 'Exported', head })
    expect(lines.at(-1)).toEqual({ kind: 'end', messages: 3, head })
    expect(lines.slice(1, -1)).toMatchObject([
      { seq: first, text: 'first, edited', payload: { a: 1 }, version: 1, senderId: ada.id },
      { seq: second, replyTo: first },
      { seq: gone, deleted: true },
    ])
    expect(lines[1]?.['versions']).toMatchObject([
      { version: 0, text: 'first' },
      { version: 1, text: 'first, edited' },
    ])
    expect(JSON.stringify(lines[3])).not.toContain('gone')
  })

  test('is for those who may, of what they may see', async () => {
    const room = (await ada.createRoom({ history: 'since-join' })).id
    await ada.send(room, 'before')
    await bob.join(room)
    await ada.send(room, 'after')
    const path = `/v1/rooms/${room}/export`
    expect((await bob.get(path)).status).toBe(403)
    expect((await api.call('GET', path)).status).toBe(401)
    expect((await (await api.guest('Eve')).get(path)).status).toBe(403)
    await ada.call('PATCH', `/v1/rooms/${room}/members/${bob.id}`, { role: 'admin' })
    const answer = await bob.get(path)
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('after')
    expect(answer.body).not.toContain('before')
    const asServer = `/v1/server/rooms/${room}/export`
    expect((await ada.get(asServer)).status).toBe(403)
    expect(
      (await api.call('GET', `/v1/server/rooms/${randomUUID()}/export`, { token: KEY })).status,
    ).toBe(404)
  })

  test('ends when the client goes away, and when the right to it does', async () => {
    const room = (await ada.createRoom()).id
    const text = 'x'.repeat(10_000)
    await importInto(
      room,
      Array.from({ length: 1_500 }, (_, n) => lineOf(n, { text })),
    )
    await bob.join(room)
    await ada.call('PATCH', `/v1/rooms/${room}/members/${bob.id}`, { role: 'admin' })
    const received = await new Promise<string>((resolve, reject) => {
      const asked = request(
        `${api.url}/v1/rooms/${room}/export`,
        { headers: { authorization: `Bearer ${bob.session.accessToken}` } },
        (response) => {
          let all = ''
          response.once('data', (chunk: Buffer) => {
            all += chunk.toString()
            response.pause()
            // The first page is here, the buffers are full, and the rest waits.
            ada.leave(room, bob.id).then(() => response.resume(), reject)
            response.on('data', (more: Buffer) => (all += more.toString()))
          })
          response.once('close', () => resolve(all))
          response.on('error', () => undefined)
        },
      )
      asked.on('error', reject)
      asked.end()
    })
    expect(received).not.toContain('"kind":"end"')
    expect(received.length).toBeLessThan(15_000_000)
    // All connections of the pool are free again.
    const controller = new AbortController()
    const leaving = Array.from({ length: 8 }, async () => {
      const answer = await fetch(`${api.url}/v1/server/rooms/${room}/export`, {
        headers: { authorization: `Bearer ${KEY}` },
        signal: controller.signal,
      })
      await answer.body?.getReader().read()
    })
    await Promise.all(leaving)
    const exportRoom = () => api.call('GET', `/v1/server/rooms/${room}/export`, { token: KEY })
    expect((await exportRoom()).body).toMatchObject({ code: 'RATE_LIMITED' })
    controller.abort()
    await eventually(async () => expect((await exportRoom()).status).toBe(200))
    expect(await exportOf(room)).toHaveLength(1_502)
  })
})

describe('an import', () => {
  test('keeps authors, times, threads and tombstones, and counts as nothing unread', async () => {
    const room = (await ada.createRoom()).id
    const eve = await api.guest('Eve')
    await bob.join(room)
    const report = await importInto(room, [
      lineOf(1),
      lineOf(2, { senderId: eve.id, replyTo: 'm1', editedAt: '2021-01-01T00:00:00.000Z' }),
      lineOf(3, { threadId: 'm1', mentions: [bob.id] }),
      lineOf(4, { text: undefined, deleted: true }),
      { kind: 'end', messages: 4 },
    ])
    expect(report).toMatchObject({ lines: 5, imported: 4, failed: 0, isComplete: true, errors: [] })
    const messages = await bob.messages(room)
    expect(messages).toMatchObject([
      { text: 'message 1', importedAt: lineOf(1)['ts'] },
      { text: 'message 2', sender: { id: eve.id }, editedAt: '2021-01-01T00:00:00.000Z' },
      { text: 'message 3' },
      { text: null },
    ])
    expect(messages[1]?.replyTo).toBe(messages[0]?.seq)
    expect(messages[2]?.threadId).toBe(messages[0]?.seq)
    const { me } = (await bob.get(`/v1/rooms/${room}`)).body.room
    expect(me).toMatchObject({ unread: 0, mentions: 0 })
    expect((await eve.get(`/v1/rooms/${room}/messages`)).body.code).toBe('NOT_MEMBER')
  })

  test('of the same file again, or of a longer one, brings in what is new only', async () => {
    const room = (await ada.createRoom()).id
    const lines = Array.from({ length: 450 }, (_, n) =>
      lineOf(n, n > 0 && n % 7 === 0 ? { replyTo: `m${n - 1}` } : {}),
    )
    expect(await importInto(room, lines.slice(0, 250))).toMatchObject({ imported: 250 })
    // As after a crash between the log and the note of it.
    await pool.query('DELETE FROM import_line ORDER BY seq DESC LIMIT 40')
    expect(await importInto(room, lines)).toMatchObject({ imported: 200, already: 250, failed: 0 })
    const head = await headOf(room)
    expect(await importInto(room, lines)).toMatchObject({ imported: 0, already: 450 })
    expect(await headOf(room)).toBe(head)
    const texts = (await exportOf(room)).slice(1, -1).map(({ text }) => text)
    expect(texts).toEqual(lines.map(({ text }) => text))
    expect(await importInto(room, lines.slice(0, 3), '?source=other')).toMatchObject({
      imported: 3,
    })
  })

  test('that was cut off goes on where it was', async () => {
    const room = (await ada.createRoom()).id
    const lines = Array.from({ length: 600 }, (_, n) => lineOf(n))
    await new Promise<void>((resolve) => {
      const sent = request(`${api.url}/v1/rooms/${room}/import`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-ndjson' },
      })
      sent.on('error', () => undefined)
      sent.on('close', () => resolve())
      sent.write(
        lines
          .slice(0, 450)
          .map((line) => JSON.stringify(line))
          .join('\n'),
      )
      const look = async (): Promise<void> => {
        if ((await headOf(room)) > 100) sent.destroy()
        else setTimeout(() => void look(), 20)
      }
      void look()
    })
    const before = (await headOf(room)) - 2
    expect(before).toBeGreaterThan(0)
    const report = await importInto(room, lines)
    expect(report.imported + report.already).toBe(600)
    const texts = (await exportOf(room)).slice(1, -1).map(({ text }) => text)
    expect(texts).toEqual(lines.map(({ text }) => text))
  })

  test('does not stop at bad lines, and says what is wrong with each', async () => {
    const room = (await ada.createRoom()).id
    const body = [
      JSON.stringify(lineOf(1)),
      'no json',
      '[]',
      JSON.stringify(lineOf(2, { ts: 'yesterday' })),
      JSON.stringify(lineOf(3, { senderId: 'nobody' })),
      JSON.stringify(lineOf(4, { replyTo: 'm99' })),
      JSON.stringify(lineOf(5, { text: '   ' })),
      JSON.stringify(lineOf(6, { text: 'y'.repeat(300_000) })),
      JSON.stringify(lineOf(7, { ts: '2199-01-01T00:00:00Z' })),
      JSON.stringify(lineOf(1, { text: 'the same id' })),
      '',
      JSON.stringify(lineOf(8)),
    ].join('\r\n')
    const report = linesOf((await importRaw(room, body)).body as string).at(
      -1,
    ) as unknown as ImportReport
    expect(report).toMatchObject({
      lines: 12,
      imported: 2,
      already: 1,
      failed: 8,
      isComplete: true,
    })
    expect(report.errors.map(({ line, code }) => [line, code])).toEqual([
      [2, 'INVALID'],
      [3, 'INVALID'],
      [4, 'INVALID'],
      [7, 'INVALID'],
      [8, 'TOO_LARGE'],
      [9, 'INVALID'],
      [5, 'NOT_FOUND'],
      [6, 'INVALID'],
    ])
  })

  test('names at most a thousand errors, and counts all', async () => {
    const room = (await ada.createRoom()).id
    const report = linesOf((await importRaw(room, 'x\n'.repeat(1_500))).body as string).at(-1)
    expect(report).toMatchObject({ lines: 1_500, failed: 1_500 })
    expect(report?.['errors']).toHaveLength(1_000)
  })

  test('makes users where it is told to, and changes nothing in a dry run', async () => {
    const room = (await ada.createRoom()).id
    const id = `host-${randomUUID()}`
    const lines = [
      lineOf(1, { senderId: id, sender: { displayName: 'Host User' } }),
      lineOf(2, { replyTo: 'm1' }),
      lineOf(3, { replyTo: 'nothing' }),
    ]
    const dump = async () =>
      Promise.all(
        ['room_event', 'user', 'import_line', 'room_head', 'log_outbox'].map((table) =>
          pool.query(`SELECT COUNT(*) AS n FROM ${table}`),
        ),
      )
    const before = await dump()
    const dry = await importInto(room, lines, '?dryRun=1&users=create')
    expect(dry).toMatchObject({ imported: 2, failed: 1, usersCreated: 1, dryRun: true })
    expect(await dump()).toEqual(before)
    const report = await importInto(room, lines, '?users=create')
    expect(report).toMatchObject({ imported: 2, failed: 1, usersCreated: 1, dryRun: false })
    expect((await ada.messages(room))[0]?.sender).toMatchObject({ id, displayName: 'Host User' })
    const [user] = await pool.query<{ kind: string }[]>('SELECT kind FROM user WHERE id = ?', [id])
    expect(user?.kind).toBe('host')
  })

  test.each(['refuse', 'create'])(
    'brings back nothing of who was erased (users=%s)',
    async (users) => {
      const room = (await ada.createRoom()).id
      const gone = await api.guest('Gone')
      await api.call('DELETE', `/v1/users/${gone.id}`, { token: KEY })
      const lines = [lineOf(1, { senderId: gone.id }), lineOf(2)]
      const report = await importInto(room, lines, `?users=${users}`)
      expect(report).toMatchObject({ imported: 1, failed: 1, usersCreated: 0 })
      expect(report.errors).toMatchObject([{ line: 1, code: 'GONE' }])
      expect(await ada.messages(room)).toHaveLength(1)
    },
  )

  test('is for keys with the scope, of rooms that are there', async () => {
    const room = (await ada.createRoom()).id
    const as = (token: string) =>
      api.call('POST', `/v1/rooms/${room}/import`, {
        token,
        body: '',
        headers: { 'content-type': 'application/x-ndjson' },
      })
    expect((await as(ada.session.accessToken)).status).toBe(403)
    expect((await importRaw(randomUUID(), '')).status).toBe(404)
    expect((await importRaw(room, '{}', '?users=maybe')).status).toBe(400)
    const json = await api.call('POST', `/v1/rooms/${room}/import`, { token: KEY, body: {} })
    expect(json.status).toBe(400)
  })
})

test('what was exported and imported is exported the same', async () => {
  const from = (await ada.createRoom()).id
  const to = (await ada.createRoom()).id
  await bob.join(from)
  const root = await ada.send(from, 'Hello 世界 🎉', { payload: { nested: { a: [1, 'x', null] } } })
  await bob.send(from, 'an answer', { replyTo: root, type: 'note' })
  const reply = await bob.send(from, 'in a thread', { threadId: root })
  await ada.send(from, 'and again', { threadId: root, replyTo: reply, mentions: [bob.id] })
  const gone = await ada.send(from, 'to be deleted')
  await ada.call('DELETE', `/v1/rooms/${from}/messages/${gone}`)
  await bob.call('PATCH', `/v1/rooms/${from}/messages/${reply}`, { text: 'in a thread, edited' })
  await api.call('POST', '/v1/server/messages', {
    token: KEY,
    body: { roomId: from, as: { kind: 'system' }, text: 'paid' },
  })
  const out = await exportOf(from)
  expect(await importInto(to, out)).toMatchObject({ imported: 6, failed: 0 })
  const back = await exportOf(to)

  const normal = (lines: readonly Line[]): unknown[] => {
    const messages = lines.filter(({ kind }) => kind === 'message')
    const places = new Map(messages.map(({ seq }, index) => [seq, index]))
    return messages.map((line) => ({
      ...Object.fromEntries(
        ['type', 'text', 'payload', 'mentions', 'senderId', 'sender', 'ts', 'deleted', 'editedAt']
          .filter((name) => name in line)
          .map((name) => [name, line[name]]),
      ),
      replyTo: places.get(line['replyTo']),
      threadId: places.get(line['threadId']),
    }))
  }
  expect(normal(back)).toEqual(normal(out))
})

test('files leave their names, with those who answer them; what answers what was not shown stands by itself', async () => {
  const source = (await ada.createRoom()).id
  const photo = await ada.send(source, 'a photo')
  await ada.send(source, 'nice', { replyTo: photo })
  await ada.send(source, 'in its thread', { threadId: photo })
  const lines = (await exportOf(source)).map(({ text, ...line }): Line =>
    line['seq'] === photo
      ? { ...line, attachments: [{ name: 'photo.jpg', bytes: 4 }, { name: ' ' }, 7] }
      : { ...line, text },
  )

  const whole = (await ada.createRoom()).id
  expect(await importInto(whole, lines)).toMatchObject({ imported: 3, failed: 0 })
  const brought = (await exportOf(whole)).filter(({ kind }) => kind === 'message')
  const [root] = brought
  expect(brought).toMatchObject([
    { text: 'photo.jpg' },
    { text: 'nice', replyTo: root?.['seq'] },
    { text: 'in its thread', threadId: root?.['seq'] },
  ])

  const head = { ...lines[0], visibleFrom: photo + 1 }
  const later = lines.filter(({ kind, seq }) => kind === 'message' && seq !== photo)
  const part = (await ada.createRoom()).id
  expect(await importInto(part, [head, ...later])).toMatchObject({ imported: 2, failed: 0 })
  const other = (await ada.createRoom()).id
  expect(await importInto(other, later)).toMatchObject({ imported: 0, failed: 2 })
})

test('nobody is made of an id that means something else', async () => {
  const room = (await ada.createRoom()).id
  const lines = [lineOf(1, { senderId: 'me' }), lineOf(2, { senderId: '@room' }), lineOf(3)]
  const report = await importInto(room, lines, '?users=create')
  expect(report).toMatchObject({ imported: 1, failed: 2, usersCreated: 0 })
})

describe('versions', () => {
  const versions = (actor: Actor, room: string, seq: number, query = '') =>
    actor.get(`/v1/rooms/${room}/messages/${seq}/versions${query}`)

  test('are what was sent and each edit, a page at a time', async () => {
    const room = (await ada.createRoom()).id
    const seq = await ada.send(room, 'zero', { payload: { n: 0 } })
    expect((await versions(ada, room, seq)).body.data).toMatchObject([{ version: 0, text: 'zero' }])
    for (const text of ['one', 'two']) {
      await ada.call('PATCH', `/v1/rooms/${room}/messages/${seq}`, { text })
    }
    const all = await versions(ada, room, seq)
    expect(all.body.data).toMatchObject([
      { version: 0, text: 'zero', payload: { n: 0 } },
      { version: 1, text: 'one', payload: { n: 0 } },
      { version: 2, text: 'two', payload: { n: 0 } },
    ])
    const part = await versions(ada, room, seq, '?limit=1&after=0')
    expect(part.body).toMatchObject({
      data: [{ version: 1 }],
      page: { before: 1, after: 1, hasMoreBefore: true, hasMoreAfter: true },
    })
    await ada.call('DELETE', `/v1/rooms/${room}/messages/${seq}`)
    const gone = await versions(ada, room, seq)
    expect([gone.status, JSON.stringify(gone.body)]).toEqual([
      410,
      expect.not.stringMatching(/zero|two/u),
    ])
  })

  test('are for whoever may see the message, sealed in the log or not', async () => {
    const room = (await ada.createRoom({ history: 'since-join' })).id
    const early = await ada.send(room, 'EARLY')
    await bob.join(room)
    const late = await ada.send(room, 'late')
    for (const seq of [early, late]) {
      await ada.call('PATCH', `/v1/rooms/${room}/messages/${seq}`, { text: `edited ${seq}` })
    }
    expect((await versions(bob, room, early)).status).toBe(404)
    expect((await versions(bob, room, late)).body.data).toMatchObject([
      { text: 'late' },
      { text: `edited ${late}` },
    ])
    expect((await versions(bob, room, late + 1)).status).toBe(404)
    await bob.leave(room)
    expect((await versions(bob, room, late)).status).toBe(403)
  })
})
