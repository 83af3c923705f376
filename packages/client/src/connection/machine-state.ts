import type { ChatError } from '../chat-error.ts'
import type { LinkClosed } from './link.ts'

/** `move-…`: live over `link`, while `next` is brought as far as the second word says. */
export const STATES = [
  'idle',
  'authorizing',
  'connecting',
  'catching-up',
  'live',
  'move-authorizing',
  'move-connecting',
  'move-catching-up',
  'waiting',
  'offline',
  'ended',
] as const
export type StateName = (typeof STATES)[number]

/** The socket chooses between WebSocket and polling by itself. */
export type Via = 'socket' | 'http'

/** What may happen. A link, or a token that was asked for, is named by its number. */
export interface MachineEvents {
  readonly connect: { readonly isOnline: boolean }
  readonly disconnect: object
  readonly retryNow: object
  readonly tokenReady: { readonly ask: number; readonly token: string }
  /** An error that is not retryable ends the session. */
  readonly tokenFailed: { readonly ask: number; readonly error: ChatError }
  readonly linkReady: { readonly link: number }
  readonly linkClosed: { readonly link: number; readonly why: LinkClosed }
  readonly caughtUp: { readonly link: number }
  readonly catchUpFailed: { readonly link: number; readonly error: ChatError }
  readonly draining: { readonly link: number; readonly afterMs: number }
  readonly tokenExpiring: { readonly link: number; readonly leftMs: number }
  readonly tokenRefreshed: { readonly link: number; readonly token: string }
  readonly refreshFailed: {
    readonly link: number
    readonly error: ChatError
    /** No token is to be had any more; else the server did not take it, or nobody answered. */
    readonly isFinal: boolean
  }
  readonly retryDue: object
  readonly moveDue: object
  readonly refreshDue: object
  readonly networkLost: object
  readonly networkBack: object
  readonly pageShown: object
}
export type EventName = keyof MachineEvents
export type EventOf<Name extends EventName> = {
  [Each in Name]: { readonly type: Each } & MachineEvents[Each]
}[Name]
export type MachineEvent = EventOf<EventName>

export type TimerName = 'retry' | 'move' | 'refresh'

export type Effect =
  /** Answered by `tokenReady` or `tokenFailed`. */
  | { readonly type: 'fetchToken'; readonly ask: number; readonly stale: string | null }
  | {
      readonly type: 'openLink'
      readonly link: number
      readonly via: Via
      readonly token: string
    }
  | { readonly type: 'closeLink'; readonly link: number }
  /** Answered by `caughtUp` or `catchUpFailed`. */
  | { readonly type: 'catchUp'; readonly link: number }
  /** Answered by `tokenRefreshed` or `refreshFailed`. */
  | { readonly type: 'refreshToken'; readonly link: number; readonly stale: string }
  /** In place of the one of that name before. Answered by `retryDue`, `moveDue`, `refreshDue`. */
  | { readonly type: 'startTimer'; readonly timer: TimerName; readonly ms: number }
  | { readonly type: 'stopTimer'; readonly timer: TimerName }

export interface LinkState {
  readonly id: number
  readonly via: Via
  readonly token: string
  readonly isReady: boolean
  /** When its gateway wants to be left. */
  readonly drainAt: number | null
  /** Its token ends soon, and nobody has asked for another. */
  readonly isExpiring: boolean
  readonly refreshedAt: number | null
  /** How often another token was asked for, to go on with in band. */
  readonly refreshes: number
}

/** Times are milliseconds of a clock that only goes forward; `null` is none. */
export interface Machine {
  readonly state: StateName
  readonly can: { readonly socket: boolean; readonly http: boolean }
  readonly isOnline: boolean
  readonly link: LinkState | null
  readonly next: LinkState | null
  /** The token that is being asked for. */
  readonly ask: number | null
  /** What the last number was. */
  readonly numbers: number
  /** A token that the server refused: another one is asked for. */
  readonly stale: string | null
  /** Tokens that were refused in a row. */
  readonly refusals: number
  /** Failed attempts since it was last live. */
  readonly attempt: number
  /** How far the pauses have grown. */
  readonly failures: number
  readonly moveFailures: number
  /** Sockets in a row that never became ready, for reasons of the transport. */
  readonly socketMisses: number
  /** So did the last link over HTTP. */
  readonly httpMissed: boolean
  readonly liveSince: number | null
  /** The server does not want us before. */
  readonly notBefore: number
  readonly hurriedAt: number | null
  readonly retryAt: number | null
  readonly moveAt: number | null
  readonly refreshAt: number | null
  readonly error: ChatError | null
}

/** What a transition may know of the world. */
export interface MachineInput {
  readonly now: number
  /** From 0 up to 1, 1 excluded. */
  readonly random: () => number
}

export interface Step {
  readonly machine: Machine
  readonly effects: readonly Effect[]
}

/**
 * What becomes of the machine: another one, or the same if nothing does. `link` is the one that the
 * event names, for events that name one. What is to be done follows from the difference.
 */
export type Rule<Name extends EventName> = (
  machine: Machine,
  event: EventOf<Name>,
  input: MachineInput,
  link: MachineEvents[Name] extends { readonly link: number } ? LinkState : undefined,
) => Machine

export const initialMachine = (can: Machine['can']): Machine => ({
  state: 'idle',
  can,
  isOnline: true,
  link: null,
  next: null,
  ask: null,
  numbers: 0,
  stale: null,
  refusals: 0,
  attempt: 0,
  failures: 0,
  moveFailures: 0,
  socketMisses: 0,
  httpMissed: false,
  liveSince: null,
  notBefore: 0,
  hurriedAt: null,
  retryAt: null,
  moveAt: null,
  refreshAt: null,
  error: null,
})
