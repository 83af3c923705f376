import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { LIMITS } from '@parley/message-schema'
import { beforeAll, describe, expect, test } from 'vitest'
import { SEED } from './chosen-cases.ts'
import { asRoot, call, cluster, expectAllAlive, newPerson, newRoom, type Person } from './stage.ts'

/** Different, and held to be the same by somebody: a collation, a normal form, an eye. */
const PAIRS: readonly (readonly [what: string, one: string, other: string])[] = [
  ['composed and decomposed', 'jos\u00E9', 'jose\u0301'],
  ['with and without an accent', 'jose', 'jos\u00E9'],
  ['large and small', 'ADA', 'ada'],
  ['sharp s', 'stra\u00DFe', 'strasse'],
  ['a ligature', '\uFB01n', 'fin'],
  ['Latin and Cyrillic', 'ada', '\u0430d\u0430'],
  ['wide', 'ada', '\uFF41\uFF44\uFF41'],
  ['two signs for one letter', '\u00C5', '\u212B'],
  ['kelvin', 'k', '\u212A'],
  ['dotless', 'i', '\u0131'],
  ['beyond the basic plane', '\u{1F44D}', '\u{1F44E}'],
  ['a colour of skin', '\u{1F44D}', '\u{1F44D}\u{1F3FD}'],
  ['text and picture', '\u2764', '\u2764\uFE0F'],
  ['flags', '\u{1F1E9}\u{1F1EA}', '\u{1F1E9}\u{1F1F0}'],
]

let owner: Person
let room: string
beforeAll(async () => {
  owner = newPerson()
  room = await newRoom(owner)
})

const statusOf = async (method: string, path: string, person: Person, body?: unknown) => {
  const answer = await fetch(cluster.api + path, {
    method,
    headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  await answer.text()
  return answer.status
}

describe('what is different stays different where it is a key', () => {
  test.each(PAIRS)('ids of users: %s', async (_, one, other) => {
    const mark = randomUUID().slice(0, 8)
    const ids = [`${mark}${one}`, `${mark}${other}`]
    const address = (id: string): string => `/v1/users/${encodeURIComponent(id)}`
    for (const id of ids) await call('PUT', address(id), asRoot, { displayName: `The ${id}` })
    for (const id of ids) {
      const { user } = (await call('GET', address(id), owner)) as { user: object }
      expect(user).toMatchObject({ id, displayName: `The ${id}`.normalize('NFC') })
    }
  })

  test.each(PAIRS)('keys of reactions: %s', async (_, one, other) => {
    const roomId = await newRoom(owner)
    const said = await call('POST', `/v1/rooms/${roomId}/messages`, owner, { text: 'hello' })
    const at = `/v1/rooms/${roomId}/messages/${(said as { seq: number }).seq}`
    for (const key of [one, other]) {
      await call('PUT', `${at}/reactions/${encodeURIComponent(key)}`, owner)
    }
    const { message } = (await call('GET', at, owner)) as {
      message: { reactions: { key: string; count: number }[] }
    }
    const counts = Object.fromEntries(message.reactions.map(({ key, count }) => [key, count]))
    expect(counts).toEqual({ [one]: 1, [other]: 1 })
  })

  test('keys of repeated requests', async () => {
    const create = async (key: string): Promise<string> => {
      const answer = await fetch(`${cluster.api}/v1/rooms`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${owner.token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ name: 'A room', visibility: 'private' }),
      })
      return ((await answer.json()) as { room: { id: string } }).room.id
    }
    const ids = [await create('key-a'), await create('KEY-A'), await create('key-a')]
    expect(new Set(ids).size).toBe(2)
  })
})

test('one clientMsgId has one spelling', async () => {
  const clientMsgId = 'ABCDEF01-0000-7000-8000-00000000000A'
  const post = (id: string) =>
    call('POST', `/v1/rooms/${room}/messages`, owner, { clientMsgId: id, text: 'once' })
  const first = (await post(clientMsgId)) as { seq: number }
  expect(await post(clientMsgId.toLowerCase())).toMatchObject({ seq: first.seq, dup: true })
})

describe('names that seem to be other names', () => {
  const name = `s${randomUUID().slice(0, 8)}k`
  const register = (username: string) =>
    statusOf('POST', '/v1/auth/register', owner, { username, password: 'correct horse battery' })

  test.each([
    ['a long s', name.replace('s', '\u017F'), 400],
    ['a kelvin', name.replace('k', '\u212A'), 400],
    ['Cyrillic', name.replace('s', '\u0455'), 400],
    ['a full width letter', name.replace('s', '\uFF53'), 400],
    ['nothing that is seen', `${name}\u200B`, 400],
    ['another direction', `\u202E${name}`, 400],
    ['a blank', `${name} `, 400],
    ['an accent on it', `${name}\u0301`, 400],
    ['NUL', `${name}\0`, 400],
  ])('with %s are no user names', async (_, username, status) => {
    expect(await register(username)).toBe(status)
  })

  test('in capitals are the same user name', async () => {
    expect([await register(name), await register(name.toUpperCase())]).toEqual([201, 409])
  })

  test.each([
    ['nothing that is seen', '\u200B\u200D\u2060'],
    ['only blanks', '\u00A0\u3000'],
    ['what turns the direction', 'ada\u202Egnp.exe'],
    ['an isolate', '\u2066ada'],
    ['a second line', 'ada\u2028admin'],
    ['half a character', 'ada\uD83D'],
    ['too many characters', '\u{1F600}'.repeat(LIMITS.roomNameCharacters + 1)],
  ])('with %s are no display names and no names of rooms', async (_, shown) => {
    const refused = Array.from(shown).length > LIMITS.displayNameCharacters ? 413 : 400
    const person = await signUp()
    expect(await statusOf('PATCH', '/v1/me', person, { displayName: shown })).toBe(refused)
    expect(await statusOf('PATCH', `/v1/rooms/${room}`, owner, { name: shown })).toBe(refused)
  })

  async function signUp(): Promise<Person> {
    const guest = (await call('POST', '/v1/auth/guest', undefined, { displayName: 'Ada' })) as {
      user: { id: string }
      accessToken: string
    }
    return { userId: guest.user.id, token: guest.accessToken }
  }
})

describe('texts', () => {
  /** Said by the backend, a hundred at once, and read again. */
  async function throughTheDatabase(texts: readonly string[]): Promise<(string | null)[]> {
    const roomId = await newRoom(owner)
    const messages = texts.map((text) => ({ roomId, as: { kind: 'system' }, text }))
    await call('POST', '/v1/server/messages/batch', asRoot, { messages })
    const { data } = (await call('GET', `/v1/rooms/${roomId}/messages?limit=200`, owner)) as {
      data: { seq: number; text: string | null }[]
    }
    return data.toSorted((one, other) => one.seq - other.seq).map(({ text }) => text)
  }

  test('come back as they were said, whatever they are made of', async () => {
    const anyText = fc
      .oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constantFrom(...PAIRS.flatMap(([, one, other]) => [one, other])),
        fc.constantFrom(
          'a\u202Eb',
          '\uFEFFa',
          'a\0b',
          '\u{10FFFF}',
          "'; DROP TABLE event; --",
          '\\',
          '%_',
        ),
      )
      .filter((text) => text.isWellFormed() && /[^\p{Z}\p{Cc}\p{Cf}]/u.test(text))
    const texts = fc.sample(anyText, { seed: SEED, numRuns: LIMITS.sendsPerBatch })
    expect(await throughTheDatabase(texts), `ABUSE_SEED=${SEED}`).toEqual(texts)
  })

  test('are counted in code points, to the last one', async () => {
    const family = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}'
    const most = '\u{1F600}'.repeat(LIMITS.textCharacters)
    expect(await throughTheDatabase([most, family])).toEqual([most, family])
    const path = `/v1/rooms/${room}/messages`
    expect(await statusOf('POST', path, owner, { text: `${most}x` })).toBe(413)
  })
})

test('all of it leaves everybody alive', expectAllAlive)
