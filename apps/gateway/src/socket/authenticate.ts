import {
  ERRORS,
  Handshake,
  invalidFrom,
  OLDEST_PROTOCOL_VERSION,
  ParleyError,
  PROTOCOL_VERSION,
  toErrorBody,
} from '@parley/message-schema'
import { TokenBucket, TokenError, type Identity, type VerifyToken } from '@parley/server-kit'
import type { ChatSocket } from './socket-types.ts'

export interface AuthenticatePorts {
  readonly verifyToken: VerifyToken
  readonly handshakesPerSecond: number
  readonly nextRequestId: () => string
  readonly admitted: () => void
  readonly refused: (code: keyof typeof ERRORS, error: ParleyError) => void
}

export function toAuthError(cause: unknown): ParleyError {
  if (cause instanceof ParleyError) return cause
  if (!(cause instanceof TokenError)) return new ParleyError('INTERNAL', { cause })
  const wait = cause.code === 'SERVER_BUSY' && { retryAfterMs: jitter(1_000) }
  return new ParleyError(cause.code, { cause, ...wait })
}

async function authenticate(handshake: unknown, verifyToken: VerifyToken): Promise<Identity> {
  const { token } = (handshake ?? {}) as { token?: unknown }
  if (token === undefined || token === null || token === '') throw new ParleyError('AUTH_REQUIRED')
  const parsed = Handshake.safeParse(handshake)
  if (!parsed.success) throw invalidFrom(parsed.error)
  const { v } = parsed.data
  if (v < OLDEST_PROTOCOL_VERSION || v > PROTOCOL_VERSION) {
    throw new ParleyError('UNSUPPORTED_VERSION', {
      details: { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
    })
  }
  return verifyToken(parsed.data.token)
}

type ConnectError = Error & { data?: unknown }

/** `io.use`: no database and no call in the handshake. The refusal is in `connect_error`'s `data`. */
export function createHandshake(ports: AuthenticatePorts) {
  const admission = new TokenBucket(
    ports.handshakesPerSecond,
    2 * ports.handshakesPerSecond,
    Date.now(),
  )

  async function admit(socket: ChatSocket): Promise<void> {
    const waitMs = admission.take(Date.now())
    if (waitMs > 0) throw new ParleyError('SERVER_BUSY', { retryAfterMs: jitter(1_000 + waitMs) })
    try {
      socket.data.identity = await authenticate(socket.handshake.auth, ports.verifyToken)
    } catch (error) {
      // Opens no session: whoever has no token could keep everybody else out.
      admission.giveBack()
      throw error
    }
  }

  return (socket: ChatSocket, next: (error?: ConnectError) => void): void => {
    admit(socket).then(
      () => {
        ports.admitted()
        next()
      },
      (thrown: unknown) => {
        const error = toAuthError(thrown)
        ports.refused(error.code, error)
        const refusal: ConnectError = new Error(error.message)
        refusal.data = toErrorBody(error, ports.nextRequestId())
        next(refusal)
      },
    )
  }
}

/** Spread, so that those who were refused together do not come back together. */
const jitter = (baseMs: number): number => Math.round(baseMs * (0.5 + Math.random()))
