import { z } from 'zod'
import { Timestamp, UserId } from './ids.ts'

/** `io(url, { auth })`. */
export const Handshake = z
  .object({
    token: z.string().min(1).max(8_192),
    /** Protocol version; absent means 1. */
    v: z.int().positive().default(1),
    deviceId: z.string().min(1).max(64).optional(),
  })
  .meta({ id: 'Handshake' })
export type Handshake = z.infer<typeof Handshake>

/** Sent once the socket is in all its rooms: every event from here on is delivered. */
export const SessionReady = z
  .object({
    sessionId: z.string(),
    userId: UserId,
    serverTime: Timestamp,
    expiresAt: Timestamp,
    limits: z.record(z.string(), z.number()),
    headsIntervalMs: z.int().positive(),
    /** The log's epoch: it changes when the database was restored to an earlier time. */
    epoch: z.int().nonnegative(),
    /** Name of the gateway that holds the socket. */
    gateway: z.string(),
  })
  .meta({ id: 'SessionReady' })
export type SessionReady = z.infer<typeof SessionReady>

export const AuthRefresh = z
  .strictObject({ token: z.string().min(1).max(8_192) })
  .meta({ id: 'AuthRefresh' })
export type AuthRefresh = z.infer<typeof AuthRefresh>
export const AuthRefreshed = z.object({ expiresAt: Timestamp }).meta({ id: 'AuthRefreshed' })
export type AuthRefreshed = z.infer<typeof AuthRefreshed>

/** Why the server ends a session, and whether the client should come back by itself. */
export const SESSION_ENDS = {
  AUTH_EXPIRED: { reconnect: true, message: 'The token has expired: refresh it, then connect.' },
  AUTH_INVALID: { reconnect: false, message: 'The token names a user that it may not name.' },
  AUTH_REVOKED: { reconnect: false, message: 'The session was ended: sign in again.' },
  DRAINING: { reconnect: true, message: 'The gateway is going away: connect anew.' },
  SLOW_CONSUMER: { reconnect: true, message: 'Too much was waiting to be read: connect and sync.' },
  LOG_RESTORED: { reconnect: true, message: 'The log was taken back in time: connect and sync.' },
  SERVER_BUSY: { reconnect: true, message: 'The session could not be opened in time.' },
} as const
export type SessionEndCode = keyof typeof SESSION_ENDS

export const SessionEnd = z
  .object({
    code: z.enum(Object.keys(SESSION_ENDS) as [SessionEndCode, ...SessionEndCode[]]),
    reconnect: z.boolean(),
    message: z.string(),
  })
  .meta({ id: 'SessionEnd' })
export type SessionEnd = z.infer<typeof SessionEnd>
