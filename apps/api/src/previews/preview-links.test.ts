import { randomUUID } from 'node:crypto'
import { ParleyError, type LogCommandOf } from '@parley/message-schema'
import { expect, test } from 'vitest'
import type { RunCommand } from '../room-log/run-command.ts'
import type { PageFacts } from './fetch-preview.ts'
import { createPreviewLinks } from './preview-links.ts'

const roomId = randomUUID()

/** Messages that stand as they are told to, and an internet in which every page has a title. */
function aRoom(refusal?: ParleyError) {
  const messages = new Map<number, { authorId: string; text: string }>()
  const known = new Map<string, PageFacts | null>()
  const asked: string[] = []
  const told: LogCommandOf<'message:preview'>[] = []
  let now = 0
  const run = async (command: LogCommandOf<'message:preview'>) => {
    if (refusal !== undefined) throw refusal
    told.push(command)
    return {}
  }
  const previewLinks = createPreviewLinks({
    store: {
      message: async (_roomId, seq) => {
        const message = messages.get(seq)
        if (message === undefined) return null
        return { authorId: message.authorId, body: { type: 'text', text: message.text } }
      },
      known: async (urls) =>
        new Map(
          urls.flatMap((url) => {
            const facts = known.get(url)
            return facts === undefined ? [] : [[url, facts]]
          }),
        ),
      remember: async (url, facts) => {
        known.set(url, facts)
      },
    },
    fetchPreview: async (url) => {
      asked.push(url)
      return url.includes('nothing') ? null : { title: url }
    },
    run: run as unknown as RunCommand,
    now: () => now,
  })
  let seq = 0
  return {
    asked,
    told,
    wait: (ms: number) => {
      now += ms
    },
    async say(text: string, authorId = 'ada') {
      seq += 1
      messages.set(seq, { authorId, text })
      await previewLinks(roomId, seq)
    },
    lookAt: (gone: number) => previewLinks(roomId, gone),
  }
}

test('one author has so many pages asked, and a new one every two seconds', async () => {
  const room = aRoom()
  for (let n = 0; n < 40; n += 1) await room.say(`https://host-${n}.example/`)
  expect(room.asked).toHaveLength(30)
  await room.say('https://another.example/', 'bob')
  expect(room.asked).toHaveLength(31)
  room.wait(2_000)
  await room.say('https://last.example/')
  expect(room.asked).toHaveLength(32)
})

test('one host is not asked faster because many ask', async () => {
  const room = aRoom()
  for (let n = 0; n < 40; n += 1) await room.say(`https://host.example/${n}`, `user ${n}`)
  expect(room.asked).toHaveLength(20)
})

test('what is known costs nothing, also that a page says nothing', async () => {
  const room = aRoom()
  for (let n = 0; n < 100; n += 1) await room.say('https://a.example/#x https://a.example/nothing')
  expect(room.asked.toSorted()).toEqual(['https://a.example/', 'https://a.example/nothing'])
  expect(room.told).toHaveLength(100)
  expect(room.told.at(-1)).toMatchObject({
    kind: 'message:preview',
    actor: { id: 'system', kind: 'system' },
    previews: [{ url: 'https://a.example/#x', title: 'https://a.example/' }],
  })
})

test('nothing is told of a message without links, or one that is gone', async () => {
  const room = aRoom()
  await room.say('no link')
  await room.say('https://a.example/nothing')
  await room.lookAt(99)
  expect(room.told).toEqual([])
})

test('a room that is gone is no error, a database that is away is one', async () => {
  await aRoom(new ParleyError('NOT_FOUND')).say('https://a.example/')
  const away = aRoom(new ParleyError('SERVER_BUSY'))
  await expect(away.say('https://a.example/')).rejects.toThrow('busy')
})
