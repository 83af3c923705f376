import { hkdfSync } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { z } from 'zod'

/** Who may follow what, until when, by which sign-in: with its end the address is worth nothing. */
export interface StreamTicket {
  readonly userId: string
  readonly sessionId?: string | undefined
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly roomId: string
}

export interface StreamLinks {
  readonly sign: (ticket: StreamTicket) => string
  /** `undefined` for what is none of ours, was changed, or is over. */
  readonly verify: (token: string) => StreamTicket | undefined
}

const AUDIENCE = 'stream'
const Content = z.object({
  sub: z.string(),
  sid: z.string().optional(),
  at: z.number(),
  exp: z.number(),
  room: z.string(),
})

/** Every replica makes the same key of the secret that all of them have. */
export function createStreamLinks(secret: string): StreamLinks {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'parley stream links', 32))
  return {
    sign({ userId, sessionId, issuedAtMs, expiresAtMs, roomId }) {
      const exp = Math.floor(expiresAtMs / 1_000)
      const content = { sub: userId, sid: sessionId, at: issuedAtMs, exp, room: roomId }
      return jwt.sign(content, key, { algorithm: 'HS256', audience: AUDIENCE, noTimestamp: true })
    },

    verify(token) {
      try {
        const { sub, sid, at, exp, room } = Content.parse(
          jwt.verify(token, key, { algorithms: ['HS256'], audience: AUDIENCE }),
        )
        return {
          userId: sub,
          sessionId: sid,
          issuedAtMs: at,
          expiresAtMs: exp * 1_000,
          roomId: room,
        }
      } catch {
        return undefined
      }
    },
  }
}
