import {
  begin,
  beginAnew,
  catchUp,
  expiring,
  failed,
  goLive,
  goOffline,
  hurry,
  hurryOnce,
  ignore as __,
  lost,
  noteOffline,
  noteOnline,
  notRefreshed,
  noToken,
  open,
  refresh,
  refreshed,
  stop,
} from './link-rules.ts'
import type { EventName, Rule, STATES } from './machine-state.ts'
import {
  beginMove,
  catchUpNext,
  leaveAt,
  moveFailed,
  moveLost,
  noMoveToken,
  openNext,
  promote,
} from './move-rules.ts'

type OfEachState<States extends readonly string[], Cell> = { readonly [At in keyof States]: Cell }

/**
 * Whole rows: the compiler asks for a rule for each event in each state, and that it takes the event.
 * One column a state, as in SPEC.md, which has the same table. Two underscores are `ignore`.
 */
export const TRANSITIONS: {
  readonly [Name in EventName]: OfEachState<typeof STATES, Rule<Name>>
} = {
  connect: [begin, __, __, __, __, __, __, __, __, __, begin],
  disconnect: [__, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop],
  retryNow: [__, __, __, __, __, __, __, __, hurry, begin, __],
  tokenReady: [__, open, __, __, __, openNext, __, __, __, __, __],
  tokenFailed: [__, noToken, __, __, __, noMoveToken, __, __, __, __, __],
  linkReady: [__, __, catchUp, __, __, __, catchUpNext, __, __, __, __],
  linkClosed: [__, __, lost, lost, lost, moveLost, moveLost, moveLost, __, __, __],
  caughtUp: [__, __, __, goLive, __, __, __, promote, __, __, __],
  catchUpFailed: [__, __, __, failed, __, __, __, moveFailed, __, __, __],
  draining: [__, __, __, leaveAt, leaveAt, leaveAt, leaveAt, leaveAt, __, __, __],
  tokenExpiring: [__, __, __, expiring, expiring, expiring, expiring, expiring, __, __, __],
  tokenRefreshed: [__, __, __, refreshed, refreshed, refreshed, refreshed, refreshed, __, __, __],
  // oxfmt-ignore
  refreshFailed: [__, __, __,
    notRefreshed, notRefreshed, notRefreshed, notRefreshed, notRefreshed, __, __, __],
  retryDue: [__, __, __, __, __, __, __, __, begin, __, __],
  moveDue: [__, __, __, __, beginMove, __, __, __, __, __, __],
  refreshDue: [__, __, __, refresh, refresh, refresh, refresh, refresh, __, __, __],
  // oxfmt-ignore
  networkLost: [noteOffline, goOffline, goOffline, goOffline, goOffline,
    goOffline, goOffline, goOffline, goOffline, __, noteOffline],
  // oxfmt-ignore
  networkBack: [noteOnline, noteOnline, noteOnline, noteOnline, noteOnline,
    noteOnline, noteOnline, noteOnline, beginAnew, beginAnew, noteOnline],
  pageShown: [__, __, __, __, __, __, __, __, hurryOnce, __, __],
}
