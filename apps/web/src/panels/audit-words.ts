import type { AuditRecord } from '@parley/message-schema'
import { spanWords } from './choice-words.ts'
import { outcomeWords } from './report-words.ts'
import { roleWord } from './role-words.ts'
import { isForEver } from './room-rights.ts'

/** Between the one who did it and the one it was done to, and what came of it. */
export interface AuditWords {
  readonly did: string
  readonly more: string | null
}

const DID: Readonly<Record<string, string>> = {
  'member:mute': 'muted',
  'member:unmute': 'unmuted',
  'member:ban': 'banned',
  'member:unban': 'unbanned',
  'member:kick': 'removed',
  'member:remove': 'removed',
  'member:role': 'changed the role of',
  'message:delete': 'deleted a message of',
  'report:settled': 'settled a report about',
  'room:update': 'changed the room',
  'room:delete': 'deleted the room',
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

const time = (value: unknown): string | null => {
  const said = text(value)
  if (said === null || isForEver(said) || Number.isNaN(Date.parse(said))) return null
  return new Date(said).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

const isOutcome = (value: unknown): value is 'dismiss' =>
  typeof value === 'string' && ['dismiss', 'delete', 'mute', 'ban', 'kick'].includes(value)

type Details = Readonly<Record<string, unknown>>
type Tell = (value: unknown) => string | null

const flag =
  (on: string, off: string): Tell =>
  (value) =>
    value === true ? on : off

const SETTINGS: Readonly<Record<string, Tell>> = {
  name: (value) => `name: ${text(value) ?? 'none'}`,
  topic: (value) => `topic: ${text(value) ?? 'none'}`,
  avatarUrl: (value) => (value === null ? 'no picture' : 'a new picture'),
  visibility: (value) => text(value),
  history: (value) =>
    value === 'all' ? 'new members see everything' : 'new members see nothing from before',
  frozen: flag('frozen', 'not frozen'),
  archived: flag('archived', 'brought back'),
  slowModeS: (value) =>
    typeof value === 'number' && value > 0 ? `slow mode: ${spanWords(value)}` : 'no slow mode',
  retentionDays: (value) =>
    typeof value === 'number' ? `kept for ${spanWords(value * 86_400)}` : 'kept for ever',
  roleOverrides: () => 'what roles may do',
}

function settingsWords(details: Details): string | null {
  const told = Object.entries(details).flatMap(([name, value]) => SETTINGS[name]?.(value) ?? [])
  return told.length === 0 ? null : told.join(', ')
}

function moreOf(action: string, details: Details): string | null {
  if (action === 'room:update') return settingsWords(details)
  if (action === 'member:role') {
    const role = text(details['role'])
    return role === null ? null : `to ${roleWord(role)}`
  }
  const outcome = details['outcome']
  if (isOutcome(outcome)) return outcomeWords(outcome)
  const until = time(details['until'])
  const parts = [until === null ? null : `until ${until}`, text(details['reason'])]
  return parts.filter((part) => part !== null).join(' · ') || null
}

/** A record in words. An act that this page does not know is named as the server names it. */
export function auditWords({ action, details = {} }: AuditRecord): AuditWords {
  return { did: DID[action] ?? action, more: moreOf(action, details) }
}
