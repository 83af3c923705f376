import type { TimelineMessage } from '@parley/client'
import { memo, type ReactElement } from 'react'
import { useToday } from '../hooks/use-today.ts'
import { Attachments } from './attachments.tsx'
import { Avatar } from './avatar.tsx'
import { useElement } from './element-context.ts'
import { ReplyIcon } from './icons.tsx'
import type { ListRow } from './list-rows.ts'
import { MessageText } from './message-text.tsx'
import { AddReaction, Reactions } from './reactions.tsx'

export interface RowActions {
  readonly reply: ((message: TimelineMessage) => void) | null
  readonly react: ((seq: number, key: string, on: boolean) => void) | null
  readonly retry: (clientMsgId: string) => void
  readonly discard: (clientMsgId: string) => void
  readonly goTo: (seq: number) => void
}

export interface MessageRowProps extends ListRow {
  readonly actions: RowActions
}

/** By itself, so that midnight renders these lines and no messages. */
function DayLine({ ts }: { readonly ts: string }): ReactElement {
  const { formats } = useElement()
  return (
    <p className="day" part="day">
      <bdi>{formats.day(ts, useToday())}</bdi>
    </p>
  )
}

/** One message, and what stands before it. Renders only when one of its properties changes. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps): ReactElement {
  const { item, startsDay, startsNew, continues, actions } = props
  const { strings, formats } = useElement()
  const { isMine, sender, state, ts } = item
  const isThere = state.name === 'stored' && item.deletedAt === undefined
  const name = isMine ? strings.you : sender.displayName
  return (
    <div className="row" data-seq={item.seq > 0 ? item.seq : undefined}>
      {startsDay && <DayLine ts={ts} />}
      {startsNew && (
        <p className="new-line" part="new-line">
          <bdi>{strings.newMessages}</bdi>
        </p>
      )}
      <div
        className="message"
        part={isMine ? 'message message-own' : 'message'}
        role="article"
        tabIndex={-1}
        aria-label={strings.messageOf(name, formats.dayAndTime(ts))}
        data-own={isMine || undefined}
        data-continues={continues || undefined}
      >
        {!isMine && <Avatar id={sender.id} name={sender.displayName} url={sender.avatarUrl} />}
        <div className="stack">
          {!isMine && !continues && (
            <span className="sender" dir="auto">
              {sender.displayName}
            </span>
          )}
          <Bubble item={item} actions={actions} />
          <Reactions item={item} react={actions.react} />
          {state.name === 'failed' && <Failed item={item} actions={actions} />}
        </div>
        {isThere && (
          <div className="actions">
            {actions.react !== null && <AddReaction seq={item.seq} react={actions.react} />}
            {actions.reply !== null && (
              <button
                type="button"
                className="icon-button"
                title={strings.reply}
                aria-label={strings.replyTo(name)}
                onClick={() => actions.reply?.(item)}
              >
                <ReplyIcon />
              </button>
            )}
          </div>
        )}
      </div>
    </div>
  )
})

interface PartProps {
  readonly item: TimelineMessage
  readonly actions: RowActions
}

function Bubble({ item, actions }: PartProps): ReactElement {
  const { strings, formats } = useElement()
  const { text, attachments, isMine, state, deletedAt, replyTo } = item
  const isEmpty = (text === null || text === '') && attachments.length === 0
  return (
    <div className="bubble" part={isMine ? 'bubble bubble-own' : 'bubble'}>
      {deletedAt === undefined ? (
        <>
          {replyTo !== undefined && <Quote item={item} replyTo={replyTo} goTo={actions.goTo} />}
          {text !== null && text !== '' && <MessageText text={text} />}
          {attachments.length > 0 && <Attachments attachments={attachments} />}
          {isEmpty && (
            <p className="faint" dir="auto">
              {strings.notShown}
            </p>
          )}
        </>
      ) : (
        <p className="faint" dir="auto">
          {strings.deleted}
        </p>
      )}
      <span className="meta">
        {item.editedAt !== undefined && deletedAt === undefined && <bdi>{strings.edited}</bdi>}
        {state.name === 'pending' && <bdi className="pending">{strings.sending}</bdi>}
        <time dateTime={item.ts} title={formats.dayAndTime(item.ts)}>
          <bdi>{formats.time(item.ts)}</bdi>
        </time>
      </span>
    </div>
  )
}

interface QuoteProps {
  readonly item: TimelineMessage
  readonly replyTo: number
  readonly goTo: (seq: number) => void
}

function Quote({ item: { quoted }, replyTo, goTo }: QuoteProps): ReactElement {
  const { strings } = useElement()
  const name = quoted?.senderName ?? ''
  return (
    <button
      type="button"
      className="quote"
      part="quote"
      title={quoted ? strings.goToQuoted(name) : strings.quotedUnknown}
      onClick={() => goTo(replyTo)}
    >
      {quoted && (
        <span className="quote-name" dir="auto">
          {name}
        </span>
      )}
      <span className="quote-text" dir="auto">
        {quoted ? (quoted.text ?? strings.quotedWordless) : strings.quotedUnknown}
      </span>
    </button>
  )
}

function Failed({ item, actions }: PartProps): ReactElement | null {
  const { strings } = useElement()
  const { state, clientMsgId } = item
  if (state.name !== 'failed') return null
  return (
    <div className="failed" part="failed" role="alert">
      <bdi>
        {strings.notSent} {strings.errors[state.error.code]}
      </bdi>
      {clientMsgId !== undefined && (
        <>
          <button type="button" className="link-button" onClick={() => actions.retry(clientMsgId)}>
            {strings.retry}
          </button>
          <button
            type="button"
            className="link-button"
            onClick={() => actions.discard(clientMsgId)}
          >
            {strings.discard}
          </button>
        </>
      )}
    </div>
  )
}
