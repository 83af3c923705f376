import { ParleyError, type ROUTES, type RouteResponse } from '@parley/message-schema'
import type { Message, Room, User } from '@parley/message-schema'
import type { AccessToken } from '../identity/access-token.ts'
import { type RestRequest, sendRequest } from './send-request.ts'

type Answer<Name extends keyof typeof ROUTES> = RouteResponse<(typeof ROUTES)[Name]>
export type MessagePage = Answer<'listMessages'>

export interface NewRoom {
  readonly name: string
  readonly visibility: 'public' | 'private'
  readonly topic?: string
}

export type ChatApi = ReturnType<typeof createChatApi>

/** REST as the signed-in person. A token that ended on the way is renewed once. */
export function createChatApi(accessToken: AccessToken) {
  async function ask<Body>(request: RestRequest): Promise<Body> {
    const token = await accessToken.current()
    try {
      return await sendRequest<Body>({ ...request, token })
    } catch (error) {
      // Also a token that is not known any more: renewing tells whether the session is over.
      if (!(error instanceof ParleyError) || !error.code.startsWith('AUTH_')) throw error
      return await sendRequest<Body>({ ...request, token: await accessToken.renew(token) })
    }
  }
  const get = <Body>(path: string, query: Record<string, string | number> = {}): Promise<Body> => {
    const entries = Object.entries(query).map(([name, value]) => [name, String(value)])
    return ask<Body>({ method: 'GET', path: `${path}?${new URLSearchParams(entries).toString()}` })
  }

  async function myRooms(): Promise<Room[]> {
    const rooms: Room[] = []
    for (let after: string | number | null = ''; after !== null;) {
      const answer: Answer<'listRooms'> = await get('/v1/rooms', {
        limit: 200,
        ...(after !== '' && { after }),
      })
      rooms.push(...answer.data)
      after = answer.page.hasMoreAfter ? answer.page.after : null
    }
    return rooms
  }

  return {
    myRooms,
    publicRooms: async (q: string): Promise<Room[]> =>
      (await get<Answer<'listRooms'>>('/v1/rooms', { scope: 'public', limit: 50, ...(q && { q }) }))
        .data,
    room: async (id: string): Promise<Room> =>
      (await get<Answer<'getRoom'>>(`/v1/rooms/${id}`)).room,
    createRoom: async (room: NewRoom, idempotencyKey: string): Promise<Room> =>
      (
        await ask<Answer<'createRoom'>>({
          method: 'POST',
          path: '/v1/rooms',
          body: room,
          headers: { 'idempotency-key': idempotencyKey },
        })
      ).room,
    openDm: async (userIds: readonly string[]): Promise<Room> =>
      (await ask<Answer<'createDm'>>({ method: 'POST', path: '/v1/dms', body: { userIds } })).room,
    join: (roomId: string, userId: string) =>
      ask<Answer<'putMember'>>({
        method: 'PUT',
        path: `/v1/rooms/${roomId}/members/${encodeURIComponent(userId)}`,
        body: {},
      }),
    leave: (roomId: string, userId: string) =>
      ask<null>({
        method: 'DELETE',
        path: `/v1/rooms/${roomId}/members/${encodeURIComponent(userId)}`,
      }),
    messages: (roomId: string, before?: number): Promise<MessagePage> =>
      get(`/v1/rooms/${roomId}/messages`, { limit: 50, ...(before && { before }) }),
    message: async (roomId: string, seq: number): Promise<Message> =>
      (await get<Answer<'getMessage'>>(`/v1/rooms/${roomId}/messages/${seq}`)).message,
    /** Of a large room the first ones: names are what they are wanted for. */
    members: async (roomId: string): Promise<Answer<'listMembers'>['data']> =>
      (await get<Answer<'listMembers'>>(`/v1/rooms/${roomId}/members`, { limit: 200 })).data,
    people: async (search: { q: string } | { ids: string }): Promise<User[]> =>
      (
        await get<Answer<'listUsers'>>('/v1/users', {
          ...search,
          limit: 'ids' in search ? 100 : 20,
        })
      ).data,
  }
}
