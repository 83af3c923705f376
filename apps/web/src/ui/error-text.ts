import { ChatError } from '@parley/client'
import type { ErrorCode } from '@parley/message-schema'

/** What happened, and what to do about it. Particulars of the place are the caller's to add. */
const SENTENCES: Record<ErrorCode, string> = {
  AUTH_REQUIRED: 'You are not signed in. Sign in and try again.',
  AUTH_INVALID: 'The sign-in is not valid. Sign in again.',
  AUTH_EXPIRED: 'Your sign-in has run out. Sign in again.',
  AUTH_REVOKED: 'This session was ended. Sign in again.',
  FORBIDDEN: 'You may not do this here. Ask an owner or a moderator of the room.',
  BANNED: 'You are banned from this room.',
  MUTED: 'A moderator has muted you in this room. You can read on.',
  BLOCKED: 'This person does not take messages from you.',
  NOT_MEMBER: 'You are not a member of this room. Join it first.',
  ROOM_FROZEN: 'This room is frozen: only its moderators can write now.',
  ROOM_ARCHIVED: 'This room is archived: it can be read, not changed.',
  NOT_FOUND: 'It is not there any more, or it is not open to you.',
  CONFLICT: 'It was changed by somebody else meanwhile. Look at it again, then retry.',
  IDEMPOTENCY_MISMATCH: 'This was sent before with other contents. Write it anew.',
  CURSOR_AHEAD: 'This page is ahead of the server. Reload it.',
  GONE: 'It was deleted or has ended.',
  TOO_LARGE: 'It is too large. Make it smaller and try again.',
  INVALID: 'Something in it is not accepted. Check it and try again.',
  REJECTED: 'It was not accepted: the rules of this place do not allow it.',
  UNSUPPORTED_VERSION: 'This page is too old for the server. Reload it.',
  SLOW_MODE: 'Slow mode is on in this room. Wait a little before you write again.',
  RATE_LIMITED: 'That was too fast. Wait a little and try again.',
  INTERNAL: 'Something went wrong on the server. Try again in a moment.',
  SERVER_BUSY: 'The server is busy. Try again in a moment.',
  DRAINING: 'The server is restarting. Try again in a moment.',
  UNKNOWN_OUTCOME: 'The server cannot be reached. Check your connection and try again.',
}

/** Codes whose particulars the server says better than we can. */
const SAYS_MORE: ReadonlySet<ErrorCode> = new Set(['INVALID', 'REJECTED'])

const DAY_MS = 86_400_000

function untilOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('until' in details)) return null
  const at = typeof details.until === 'string' ? new Date(details.until) : null
  if (at === null || Number.isNaN(at.getTime())) return null
  const isFar = at.getTime() - Date.now() > DAY_MS
  return at.toLocaleString(undefined, {
    ...(isFar ? { dateStyle: 'medium' as const } : {}),
    timeStyle: 'short',
  })
}

function issueOf(details: unknown): string | null {
  if (!Array.isArray(details)) return null
  const first: unknown = details[0]
  if (typeof first !== 'object' || first === null) return null
  if (!('path' in first) || !('problem' in first)) return null
  if (typeof first.path !== 'string' || typeof first.problem !== 'string') return null
  return `${first.path} ${first.problem}.`.trim()
}

function waitWords(retryAfterMs: number): string {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000))
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}

function chatErrorText(error: ChatError): string {
  const { code, details, retryAfterMs } = error
  const until = untilOf(details)
  if (code === 'MUTED' && until !== null) {
    return `A moderator has muted you in this room until ${until}. You can read on.`
  }
  if (code === 'BANNED' && until !== null) return `You are banned from this room until ${until}.`
  if (retryAfterMs !== undefined && (code === 'SLOW_MODE' || code === 'RATE_LIMITED')) {
    const why = code === 'SLOW_MODE' ? 'Slow mode is on in this room.' : 'That was too fast.'
    return `${why} You can go on in ${waitWords(retryAfterMs)}.`
  }
  const issue = SAYS_MORE.has(code) ? issueOf(details) : null
  return issue === null ? SENTENCES[code] : `${SENTENCES[code]} (${issue})`
}

/** A sentence or two that say what went wrong and what to do. */
export function errorText(error: unknown): string {
  if (error instanceof ChatError) return chatErrorText(error)
  if (error instanceof TypeError) return SENTENCES.UNKNOWN_OUTCOME
  return SENTENCES.INTERNAL
}
