import { TokenBucket } from '@parley/server-kit'
import { instrument } from '@socket.io/admin-ui'
import type { Server, Socket } from 'socket.io'
import { z } from 'zod'
import type { ChatServer } from './socket-types.ts'

export interface AdminUiSettings {
  readonly username: string
  readonly passwordHash: string
}

const NAMESPACE = '/admin'
/** A guess costs some 100 ms of this process: so many may be made, one after the other, and then these. */
const GUESSES = 5
const GUESSES_PER_SECOND = 0.2
/** bcrypt looks at no more. */
const PASSWORD_CHARACTERS = 72

const Credentials = z.object({
  username: z.string(),
  password: z.string().min(1).max(PASSWORD_CHARACTERS),
})

/**
 * Before the check of the package: that compares whatever it is given, as often as it is asked, and a password that is
 * no text would be thrown at nobody. Who does not know the name is refused there, without a comparison.
 */
function guard(settings: AdminUiSettings) {
  const guesses = new TokenBucket(GUESSES_PER_SECOND, GUESSES, Date.now())
  return ({ handshake }: Socket, next: (error?: Error) => void): void => {
    if (handshake.auth['username'] !== settings.username) next()
    else if (!Credentials.safeParse(handshake.auth).success) next(new Error('invalid credentials'))
    else if (guesses.take(Date.now()) > 0) next(new Error('too many attempts'))
    else next()
  }
}

/**
 * What instruments a server listens to every packet of every connection. It is shown a server whose connections say
 * nothing: chat is as fast as without it, and rates stay empty in the console; Prometheus has them.
 */
function quiet(io: Server): Server {
  const engine = { on: () => undefined }
  return new Proxy(io, {
    get: (target, property, proxy: unknown) =>
      property === 'engine' ? engine : (Reflect.get(target, property, proxy) as unknown),
  })
}

function countPolling(io: Server): number {
  let polling = 0
  const clients: Readonly<Record<string, { readonly transport: { readonly name: string } }>> = (
    io.engine as unknown as { clients: Record<string, { transport: { name: string } }> }
  ).clients
  for (const { transport } of Object.values(clients)) if (transport.name === 'polling') polling += 1
  return polling
}

/**
 * A namespace of its own for Socket.IO's admin console: servers, connections and namespaces, to be looked at. Only
 * looked at: what the console could emit to rooms would be no event of their logs.
 */
export function serveAdminUi(chat: ChatServer, settings: AdminUiSettings, serverId: string): void {
  const io = chat as unknown as Server
  // Made before, so that it is of the server itself and not of what is shown.
  io.of(NAMESPACE).use(guard(settings))
  instrument(quiet(io), {
    namespaceName: NAMESPACE,
    auth: { type: 'basic', username: settings.username, password: settings.passwordHash },
    readonly: true,
    mode: 'production',
    serverId,
  })
  Object.defineProperty(io, '_pollingClientsCount', { get: () => countPolling(io) })
}
