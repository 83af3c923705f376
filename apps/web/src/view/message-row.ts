import type { TimelineMessage } from '../log/room-timeline.ts'
import { avatar } from './avatar.ts'
import { element, icon, iconButton } from './element.ts'
import { textParts } from './text-parts.ts'
import { timeLabel } from './time-labels.ts'

export interface MessageActions {
  readonly edit: (message: TimelineMessage) => void
  readonly remove: (message: TimelineMessage) => void
  readonly retry: (message: TimelineMessage) => void
  readonly discard: (message: TimelineMessage) => void
}

export interface RowContext {
  readonly isMine: boolean
  /** Follows a message of the same person closely: the name is not said again. */
  readonly isContinuation: boolean
  readonly senderName: string
  readonly actions: MessageActions
}

export function messageRow(message: TimelineMessage, context: RowContext): HTMLLIElement {
  const { isMine, isContinuation, senderName } = context
  const marks = [
    isMine ? 'is-mine' : '',
    isContinuation ? 'is-continuation' : '',
    message.isDeleted ? 'is-deleted' : '',
    `is-${message.delivery}`,
  ]
  return element(
    'li',
    {
      className: `message ${marks.join(' ')}`,
      data: { key: message.key, ...(message.seq !== null && { seq: String(message.seq) }) },
    },
    !isMine &&
      (isContinuation
        ? element('span', { className: 'avatar-gap' })
        : avatar(message.senderId, senderName)),
    element(
      'div',
      { className: 'message-body' },
      !isMine && !isContinuation && element('span', { className: 'sender' }, senderName),
      // Named for readers of the screen, who do not see the sides.
      (isMine || isContinuation) &&
        element('span', { className: 'visually-hidden' }, `${isMine ? 'You' : senderName}: `),
      element(
        'div',
        { className: 'bubble', tabIndex: canChange(message, isMine) ? 0 : -1 },
        messageText(message),
        meta(message),
      ),
      message.delivery === 'failed' && failure(message, context.actions),
    ),
    canChange(message, isMine) && changeButtons(message, context.actions),
  )
}

const canChange = (message: TimelineMessage, isMine: boolean): boolean =>
  isMine && message.seq !== null && !message.isDeleted

function messageText(message: TimelineMessage): HTMLElement {
  if (message.isDeleted) return element('p', { className: 'text' }, 'This message was deleted.')
  const parts = textParts(message.text ?? '').map(({ kind, text }) => {
    if (kind === 'text') return text
    if (kind === 'mention') return element('span', { className: 'mention' }, text)
    return element('a', { href: text, target: '_blank', rel: 'noopener noreferrer' }, text)
  })
  return element('p', { className: 'text' }, ...parts)
}

function meta(message: TimelineMessage): HTMLElement {
  const isEdited = message.version > 0 && !message.isDeleted
  return element(
    'span',
    { className: 'meta' },
    isEdited && element('span', {}, 'edited'),
    message.delivery === 'pending'
      ? element('span', { className: 'sending' }, 'sending…')
      : element(
          'time',
          { dateTime: message.ts, title: new Date(message.ts).toLocaleString() },
          timeLabel(message.ts),
        ),
  )
}

function failure(message: TimelineMessage, actions: MessageActions): HTMLElement {
  return element(
    'div',
    { className: 'failure', role: 'alert' },
    element('span', {}, `Not sent. ${message.failure ?? ''}`),
    element('button', { type: 'button', onclick: () => actions.retry(message) }, 'Try again'),
    element('button', { type: 'button', onclick: () => actions.discard(message) }, 'Discard'),
  )
}

function changeButtons(message: TimelineMessage, actions: MessageActions): HTMLElement {
  const edit = iconButton('edit', 'Edit message', () => actions.edit(message))
  const remove = iconButton('trash', 'Delete message', () => actions.remove(message))
  return element('div', { className: 'message-actions' }, edit, remove)
}

export function emptyConversation(): HTMLElement {
  return element(
    'li',
    { className: 'empty-list' },
    element('span', { className: 'empty-mark' }, icon('send')),
    element('p', {}, 'No messages yet.'),
    element('p', { className: 'quiet' }, 'Say hello. Everybody in this conversation will see it.'),
  )
}
