import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthSession, Message, Room, User } from '@parley/message-schema'
import { createLogger } from '@parley/server-kit'
import { freshDatabase, redisUrl } from '@parley/testkit'
import { createConnection, type Connection } from 'mariadb'
import { readConfig } from '../config.ts'
import { createApi } from '../create-api.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever was answered
  readonly body: any
}

/** Of every API that a test starts: it has all scopes. */
export const ROOT_API_KEY = 'root-api-key-of-a-test-0123456789abcdef'

/** Of the Pusher-compatible API of every API that a test starts. */
export const PUSHER_APP = { id: '4711', key: 'key-of-a-test', secret: 'secret-of-a-test' } as const

export interface CallOptions {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

/** The whole API in this process, on a database of its own. */
export interface TestApi extends AsyncDisposable {
  readonly url: string
  readonly database: Connection
  readonly databaseUrl: string
  readonly signingKeyPem: string
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
  readonly guest: (name: string) => Promise<Actor>
}

/** Somebody who is signed in. */
export class Actor {
  readonly session: AuthSession
  readonly #api: Pick<TestApi, 'call'>

  constructor(api: Pick<TestApi, 'call'>, session: AuthSession) {
    this.#api = api
    this.session = session
  }

  get id(): string {
    return this.session.user.id
  }

  get user(): User {
    return this.session.user
  }

  call(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    return this.#api.call(method, path, {
      token: this.session.accessToken,
      ...(body !== undefined && { body }),
      ...(headers !== undefined && { headers }),
    })
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path)
  }

  async createRoom(draft: Record<string, unknown> = {}): Promise<Room> {
    const answer = await this.call('POST', '/v1/rooms', {
      name: 'A room',
      visibility: 'public',
      ...draft,
    })
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body.room as Room
  }

  async join(roomId: string, userId = this.id): Promise<void> {
    const answer = await this.call('PUT', `/v1/rooms/${roomId}/members/${userId}`)
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  }

  async leave(roomId: string, userId = this.id): Promise<void> {
    const answer = await this.call('DELETE', `/v1/rooms/${roomId}/members/${userId}`)
    if (answer.status !== 204) throw new Error(JSON.stringify(answer.body))
  }

  async send(roomId: string, text: string, more: object = {}): Promise<number> {
    const body = { clientMsgId: randomUUID(), text, ...more }
    const answer = await this.call('POST', `/v1/rooms/${roomId}/messages`, body)
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body.seq as number
  }

  async messages(roomId: string, query = ''): Promise<Message[]> {
    return (await this.get(`/v1/rooms/${roomId}/messages${query}`)).body.data as Message[]
  }
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

async function answerOf(response: Response): Promise<Answer> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    // It has no end: what was answered is that it has begun.
    await response.body?.cancel()
    return { status: response.status, headers: response.headers, body: '' }
  }
  const text = await response.text()
  const isJson = /[/+]json/u.test(response.headers.get('content-type') ?? '')
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : text
  return { status: response.status, headers: response.headers, body }
}

export async function startTestApi(env: Record<string, string> = {}): Promise<TestApi> {
  const database = await freshDatabase()
  const dir = mkdtempSync(join(tmpdir(), 'parley-api-test-'))
  const keyFile = join(dir, 'key.pem')
  const signingKeyPem = newSigningKey()
  writeFileSync(keyFile, signingKeyPem, { mode: 0o600 })
  const config = readConfig({
    API_PORT: '0',
    API_HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl(),
    INTERNAL_TOKEN: 'internal-token-of-a-test',
    TOKEN_SIGNING_KEY_FILE: keyFile,
    AUTH_RATE_PER_MINUTE: '100000',
    REQUEST_RATE_PER_MINUTE: '100000',
    WRITE_RATE_PER_MINUTE: '100000',
    ROOM_RATE_PER_MINUTE: '100000',
    MEMBER_RATE_PER_MINUTE: '100000',
    COSTLY_RATE_PER_MINUTE: '100000',
    KEY_RATE_PER_MINUTE: '100000',
    ADDRESS_RATE_PER_MINUTE: '1000000',
    ROOT_API_KEY,
    PUSHER_APPS: Object.values(PUSHER_APP).join(':'),
    SENDS_PER_SECOND: '1000',
    SEND_BURST: '1000',
    DATABASE_CONNECTIONS: '8',
    FILE_STORAGE_DIR: join(dir, 'files'),
    STOP_NOTICE_MS: '0',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const api = await createApi(config, createLogger('test', config.logLevel))
  const connection = await createConnection({
    ...connectionOptions(database.url),
    bigIntAsNumber: true,
  })
  const url = `http://127.0.0.1:${api.port}`
  const call: TestApi['call'] = async (method, path, { token, body, headers, signal } = {}) =>
    answerOf(
      await fetch(url + path, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      }),
    )
  return {
    url,
    database: connection,
    databaseUrl: database.url,
    signingKeyPem,
    call,
    async guest(displayName) {
      const answer = await call('POST', '/v1/auth/guest', { body: { displayName } })
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
      return new Actor({ call }, answer.body as AuthSession)
    },
    async [Symbol.asyncDispose]() {
      await connection.end()
      await api.stop()
      await database[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function connectionOptions(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  }
}
