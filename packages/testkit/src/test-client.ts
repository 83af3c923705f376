import { randomBytes, randomUUID } from 'node:crypto'
import {
  AuthSession,
  type ClientToServerEvents,
  type CommandData,
  type Fact,
  type Reply,
  type ServerToClientEvents,
} from '@parley/message-schema'
import { io, type ManagerOptions, type Socket } from 'socket.io-client'

export type TestSocket = Socket<ServerToClientEvents, ClientToServerEvents>

export interface TestUser {
  readonly userId: string
  readonly username: string
  readonly password: string
  readonly token: string
  readonly refreshToken: string
}

export interface ConnectOptions extends Partial<ManagerOptions> {
  /** More of the handshake than token and version. */
  readonly auth?: Readonly<Record<string, unknown>>
  readonly timeoutMs?: number
  /** Called before it connects: a listener added here misses nothing. */
  readonly prepare?: (socket: TestSocket) => void
}

/** What the server said instead of `session:ready`. */
export class ConnectRefused extends Error {
  override readonly name = 'ConnectRefused'
  /** `{ code, message, retryable, retryAfterMs? }` of the contract, if the server sent it. */
  readonly data: unknown

  constructor(error: Error & { readonly data?: unknown }) {
    super(error.message, { cause: error })
    this.data = error.data
  }
}

/** A REST call of the contract; throws, with the problem document, unless it succeeded. */
export async function rest(
  url: string,
  method: string,
  path: string,
  { token, body }: { token?: string; body?: unknown } = {},
): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

export async function register(url: string, name?: string): Promise<TestUser> {
  const username = name ?? `user-${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  const body = { username, password }
  const session = AuthSession.parse(await rest(url, 'POST', '/v1/auth/register', { body }))
  return {
    userId: session.user.id,
    username,
    password,
    token: session.accessToken,
    refreshToken: session.refreshToken,
  }
}

/** A bare Socket.IO client, once the server has said `session:ready`. */
export async function connectSocket(
  url: string,
  user: Pick<TestUser, 'token'>,
  { timeoutMs = 10_000, prepare, auth, ...options }: ConnectOptions = {},
): Promise<{ socket: TestSocket; ready: Fact<'session:ready'> }> {
  const socket: TestSocket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    autoConnect: false,
    ...options,
    auth: { token: user.token, v: 1, ...auth },
  })
  prepare?.(socket)
  try {
    const ready = await new Promise<Fact<'session:ready'>>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`No session:ready from ${url} within ${timeoutMs} ms.`))
      }, timeoutMs)
      socket.once('session:ready', (fact) => {
        clearTimeout(timer)
        resolve(fact)
      })
      socket.once('connect_error', (error) => {
        clearTimeout(timer)
        reject(new ConnectRefused(error))
      })
      socket.connect()
    })
    socket.off('connect_error')
    return { socket, ready }
  } catch (error) {
    socket.disconnect()
    throw error
  }
}

/** Sends a text; rejects if no reply comes in time, which means that the outcome is unknown. */
export async function send(
  socket: TestSocket,
  roomId: string,
  text: string,
  { timeoutMs = 5_000, clientMsgId = randomUUID() }: SendOptions = {},
): Promise<Reply<CommandData<'message:send'>>> {
  return socket.timeout(timeoutMs).emitWithAck('message:send', { roomId, clientMsgId, text })
}

export interface SendOptions {
  readonly timeoutMs?: number
  /** The one of an earlier send makes this one a retry. */
  readonly clientMsgId?: string
}
