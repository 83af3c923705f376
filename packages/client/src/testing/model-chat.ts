import type { User } from '@parley/message-schema'
import type { Chat, ChatOptions } from '../chat.ts'
import { createChat } from '../create-chat.ts'
import { waitFor } from '../store.ts'
import { ModelServer } from './model-server.ts'
import { createScriptedLinks, type Asked } from './scripted-links.ts'

const NONE = { before: null, after: null, hasMoreBefore: false, hasMoreAfter: false }

const userOf = (id: string): User => ({
  id,
  username: id,
  displayName: id.toUpperCase(),
  avatarUrl: null,
  kind: 'account',
  createdAt: '2026-01-01T00:00:00.000Z',
})

/** REST as the model answers it, and what the model does not have with nothing in it. */
function answerRest(server: ModelServer, address: string | URL): unknown {
  const { pathname, searchParams } = new URL(address, 'http://model')
  if (pathname === '/v1/me') return { user: userOf('ada') }
  const [, , kind, id, part] = pathname.split('/')
  const isRoom = kind === 'rooms' && id !== undefined
  const route = isRoom ? ['GET /v1/rooms/:id', part].filter(Boolean).join('/') : `GET ${pathname}`
  const input = { params: { id }, query: Object.fromEntries(searchParams) }
  return server.answer('ada', route, input) ?? { data: [], page: NONE }
}

/** A whole chat of Ada, with two messages to read, before a model of the server: its commands but `sync` wait for the test. */
export async function startModelChat(options: ChatOptions = {}) {
  const server = new ModelServer()
  server.create('room', 'ada')
  server.join('room', 'bob')
  for (const text of ['one', 'two']) server.send('room', 'bob', { type: 'text', text })
  const { open, links } = createScriptedLinks()
  const asked: Asked[] = []
  const chat: Chat = createChat({
    url: 'http://model',
    token: 'token',
    userId: 'ada',
    openLink(...link) {
      const opened = open(...link)
      queueMicrotask(() => links.at(-1)?.ready())
      return {
        ...opened,
        kind: 'websocket',
        request: (name, payload, timeoutMs) => {
          const answered = opened.request(name, payload, timeoutMs)
          const last = links.at(-1)?.asked.at(-1)
          if (last === undefined) return answered
          if (name !== 'sync') asked.push(last)
          else {
            const { rooms } = payload as { rooms?: Record<string, number> }
            last.answer({ ok: true, data: server.sync('ada', rooms ?? {}, 1) })
          }
          return answered
        },
      }
    },
    fetch: async (address) =>
      Response.json(answerRest(server, address instanceof Request ? address.url : address)),
    ...options,
  })
  await waitFor(chat.rooms.list, ({ status }) => status === 'ready')
  await waitFor(chat.connection.state, ({ status }) => status === 'live')
  return { server, chat, asked, link: links.at(-1) }
}
