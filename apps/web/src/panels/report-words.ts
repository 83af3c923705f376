import type { QueuedReport } from '@parley/message-schema'

const REASONS: Record<QueuedReport['reason'], string> = {
  spam: 'Spam',
  abuse: 'Abuse',
  violence: 'Violence',
  sexual: 'Sexual content',
  illegal: 'Illegal',
  other: 'Something else',
  word: 'Found by the word list',
}

export const reasonWords = (reason: QueuedReport['reason']): string => REASONS[reason]

const OUTCOMES: Record<NonNullable<QueuedReport['outcome']>, string> = {
  dismiss: 'Dismissed',
  delete: 'Message deleted',
  mute: 'Sender muted',
  ban: 'Sender banned',
  kick: 'Sender removed',
}

export const outcomeWords = (outcome: QueuedReport['outcome']): string =>
  outcome === null ? 'Settled' : OUTCOMES[outcome]
