import type { CommandName, Reply, SessionReady } from '@parley/message-schema'
import type { LinkClosed, LiveFactName } from '../connection/link.ts'

/** From a tab that follows. `from` is the tab, `link` one of its links. */
export type FollowerMessage =
  | { readonly kind: 'hello'; readonly from: string; readonly link: string }
  | { readonly kind: 'bye'; readonly from: string; readonly link: string }
  | { readonly kind: 'ping'; readonly from: string; readonly link: string; readonly hub: string }
  | {
      readonly kind: 'request'
      readonly from: string
      readonly link: string
      readonly hub: string
      readonly id: number
      readonly name: Exclude<CommandName, 'sync'>
      readonly payload: Record<string, unknown>
      readonly timeoutMs?: number
    }

/**
 * From the tab that leads. `hub` names its time of leading; `n` rises by one with every message that
 * is for all, so that a follower sees whether it has heard all of them.
 */
export type LeaderMessage =
  | { readonly kind: 'lead' | 'pong'; readonly hub: string }
  | {
      readonly kind: 'welcome'
      readonly hub: string
      readonly link: string
      readonly n: number
      readonly session: SessionReady | null
    }
  /** The leader does not know this link (any more). */
  | { readonly kind: 'dropped'; readonly hub: string; readonly link: string }
  | {
      readonly kind: 'reply'
      readonly hub: string
      readonly link: string
      readonly id: number
      /** `null`: there was no answer. */
      readonly reply: Reply<unknown> | null
    }
  | {
      readonly kind: 'ready'
      readonly hub: string
      readonly n: number
      readonly session: SessionReady
    }
  | { readonly kind: 'closed'; readonly hub: string; readonly n: number; readonly why: LinkClosed }
  | {
      readonly kind: 'fact'
      readonly hub: string
      readonly n: number
      readonly name: LiveFactName
      readonly fact: Record<string, unknown>
    }

export type TabMessage = FollowerMessage | LeaderMessage

/** Of the messages below: tabs with another version do not hear each other. */
export const TAB_PROTOCOL = 1

type Check = (value: unknown) => boolean
type Fields = Readonly<Record<string, Check>>

const isText: Check = (value) => typeof value === 'string' && value.length > 0
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

const isSession: Check = (value) =>
  isRecord(value) &&
  isText(value['sessionId']) &&
  isText(value['userId']) &&
  isText(value['expiresAt']) &&
  isCount(value['epoch'])

const isReply: Check = (value) =>
  isRecord(value) &&
  (value['ok'] === true
    ? isRecord(value['data'])
    : value['ok'] === false && isRecord(value['error']) && isText(value['error']['code']))

const isWhy: Check = (value) =>
  isRecord(value) &&
  ((value['cause'] === 'transport' && typeof value['wasReady'] === 'boolean') ||
    (value['cause'] === 'refused' && isRecord(value['error']) && isText(value['error']['code'])) ||
    (value['cause'] === 'ended' && isRecord(value['end']) && isText(value['end']['code'])))

const FACTS: Record<LiveFactName, true> = {
  'auth:expiring': true,
  'server:drain': true,
  'room:events': true,
  'room:heads': true,
  'room:added': true,
  'room:removed': true,
  'room:invited': true,
  'read:moved': true,
  'message:ephemeral': true,
  typing: true,
  presence: true,
}

const COMMANDS: Record<Exclude<CommandName, 'sync'>, true> = {
  'auth:refresh': true,
  'message:send': true,
  'message:edit': true,
  'message:delete': true,
  'reaction:set': true,
  'pin:set': true,
  'read:set': true,
  'typing:set': true,
  'presence:subscribe': true,
  'presence:set': true,
}

const isKeyOf =
  (table: object): Check =>
  (value) =>
    typeof value === 'string' && Object.hasOwn(table, value)

const follower: Fields = { from: isText, link: isText }
const leader: Fields = { hub: isText }
const toAll: Fields = { ...leader, n: isCount }

const SHAPES: Readonly<Record<TabMessage['kind'], Fields>> = {
  hello: follower,
  bye: follower,
  ping: { ...follower, hub: isText },
  request: {
    ...follower,
    hub: isText,
    id: isCount,
    name: isKeyOf(COMMANDS),
    payload: isRecord,
    timeoutMs: (value) => value === undefined || isCount(value),
  },
  lead: leader,
  pong: leader,
  welcome: { ...toAll, link: isText, session: orNull(isSession) },
  dropped: { ...leader, link: isText },
  reply: { ...leader, link: isText, id: isCount, reply: orNull(isReply) },
  ready: { ...toAll, session: isSession },
  closed: { ...toAll, why: isWhy },
  fact: { ...toAll, name: isKeyOf(FACTS), fact: isRecord },
}

/** What came over the channel, if it is one of ours: anything of this origin can speak there. */
export function readTabMessage(value: unknown): TabMessage | null {
  if (!isRecord(value) || !isKeyOf(SHAPES)(value['kind'])) return null
  const fields = SHAPES[value['kind'] as TabMessage['kind']]
  const fits = Object.entries(fields).every(([name, check]) => check(value[name]))
  return fits ? (value as unknown as TabMessage) : null
}
