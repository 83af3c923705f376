import { SESSION_ENDS, type Fact, type FactName, type SessionEndCode } from '@parley/message-schema'

/** What a session needs of its socket. */
export interface SessionSocket {
  readonly id: string
  join(roomId: string): void
  leave(roomId: string): void
  emit<Name extends FactName>(name: Name, fact: Fact<Name>): void
  /** What was emitted and has not left this process yet. */
  unsentBytes(): number
  /** The peer reads, if slowly: it is there, though its answer to a ping is late. */
  noteReading?(): void
  /** `reconnect` decides whether the official client comes back by itself; `discard` what waits. */
  close(how: { reconnect: boolean; discard: boolean }): void
}

export interface Subscription {
  /** The first event that this member may see. */
  readonly visibleFrom: number
  /** Live while `undefined`; else the last event that was handed over before the pause. */
  pausedAt: number | undefined
  /** How often it was paused: whoever ends a pause ends the one that they know. */
  pauses: number
  /** Answers to `sync` that are prepared and tell what is said in it: until the last is given, nobody else does. */
  syncs: number
  /** The head that `room:added` named, of one that began while the session was open. */
  readonly addedAt: number | undefined
}

/** One authenticated socket, and what it is handed. */
export class Session {
  readonly userId: string
  /** Of our own access tokens: the sign-in that this socket belongs to. */
  readonly signInId: string | undefined
  /** Of tokens of the host application: when the latest one was issued. */
  hostTokenFromMs: number | undefined
  readonly socket: SessionSocket
  readonly subscriptions = new Map<string, Subscription>()
  expiresAtMs: number
  warnedOfExpiry = false
  /** Since when too much waits to be sent. */
  laggingSinceMs: number | undefined
  /** While it lags: the most that has waited since it was last seen to read, and when it has to have read some. */
  backlog = { bytes: 0, untilMs: 0 }
  /** In all its rooms: `session:ready` was sent. */
  isOpen = false
  /** Since when its rooms wait for a first `sync`. */
  heldSinceMs: number | undefined
  hasEnded = false
  /** Why, if it was ended from here. */
  endCode: SessionEndCode | undefined

  constructor(
    socket: SessionSocket,
    identity: {
      userId: string
      sessionId?: string
      expiresAtMs: number
      issuedAtMs?: number
      host?: object
    },
  ) {
    this.socket = socket
    this.userId = identity.userId
    this.signInId = identity.sessionId
    if (identity.host !== undefined) this.hostTokenFromMs = identity.issuedAtMs ?? 0
    this.expiresAtMs = identity.expiresAtMs
  }

  /** The reason is sent before every disconnect by the server. */
  end(code: SessionEndCode): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.endCode = code
    const { reconnect, message } = SESSION_ENDS[code]
    this.socket.emit('session:end', { code, reconnect, message })
    this.socket.close({ reconnect, discard: code === 'SLOW_CONSUMER' })
  }

  /** The caller has flushed the room's feed: all up to `position` was handed over. */
  pause(roomId: string, position: number): void {
    const subscription = this.subscriptions.get(roomId)
    if (subscription === undefined) return
    subscription.pauses += 1
    if (subscription.pausedAt !== undefined) return
    subscription.pausedAt = position
    this.socket.leave(roomId)
  }

  /** The caller has handed over, in this turn, all up to the position of the room's feed. */
  resume(roomId: string): void {
    const subscription = this.subscriptions.get(roomId)
    if (subscription === undefined || this.hasEnded) return
    subscription.pausedAt = undefined
    this.socket.join(roomId)
  }
}

/** Handed what the room says: neither held nor paused. */
export function isLive(session: Session, roomId: string): boolean {
  const subscription = session.subscriptions.get(roomId)
  return subscription !== undefined && subscription.pausedAt === undefined
}
