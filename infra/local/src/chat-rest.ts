import type { AuthSession, Member, Message, Room } from '@parley/message-schema'
import { LaunchError } from './launch-error.ts'

/** A refusal, in the words of the server. */
export class ChatRefusal extends LaunchError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export interface History {
  readonly data: readonly Message[]
  readonly head: number
}

/** The REST calls that a terminal needs. */
export class ChatRest {
  readonly #url: string
  session: AuthSession | null = null

  constructor(url: string) {
    this.#url = url.replace(/\/$/u, '')
  }

  signIn(kind: 'login' | 'register', username: string, password: string): Promise<AuthSession> {
    return this.#keep(this.#ask('POST', `/v1/auth/${kind}`, { username, password }))
  }

  refresh(): Promise<AuthSession> {
    const refreshToken = this.session?.refreshToken
    return this.#keep(this.#ask('POST', '/v1/auth/refresh', { refreshToken }))
  }

  async rooms(scope: 'mine' | 'public', q = ''): Promise<readonly Room[]> {
    const query = new URLSearchParams({ scope, limit: '200', ...(q !== '' && { q }) })
    return (await this.#ask<{ data: Room[] }>('GET', `/v1/rooms?${query.toString()}`)).data
  }

  async join(roomId: string): Promise<void> {
    const userId = encodeURIComponent(this.session?.user.id ?? '')
    await this.#ask('PUT', `/v1/rooms/${roomId}/members/${userId}`, {})
  }

  async createRoom(name: string): Promise<Room> {
    const body = { name, visibility: 'public' }
    return (await this.#ask<{ room: Room }>('POST', '/v1/rooms', body)).room
  }

  history(roomId: string, limit: number): Promise<History> {
    return this.#ask('GET', `/v1/rooms/${roomId}/messages?limit=${limit}`)
  }

  async members(roomId: string): Promise<readonly Member[]> {
    return (await this.#ask<{ data: Member[] }>('GET', `/v1/rooms/${roomId}/members?limit=200`))
      .data
  }

  async #keep(signingIn: Promise<AuthSession>): Promise<AuthSession> {
    this.session = await signingIn
    return this.session
  }

  async #ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const token = path.startsWith('/v1/auth') ? undefined : this.session?.accessToken
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new LaunchError(`Nothing answers at ${this.#url}. Is the cluster running?`, { cause })
    })
    const answer = (await response.json().catch(() => ({}))) as Body & {
      code?: string
      message?: string
    }
    if (response.ok) return answer
    const message = answer.message ?? `The server answered with status ${response.status}.`
    throw new ChatRefusal(answer.code ?? 'INTERNAL', message)
  }
}
