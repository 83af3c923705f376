import type { TimelineMessage } from '@parley/client'
import { useState, type KeyboardEvent, type ReactElement } from 'react'
import { useElement } from './element-context.ts'
import { ReactIcon } from './icons.tsx'

type React = (seq: number, key: string, on: boolean) => void

export interface ReactionsProps {
  readonly item: TimelineMessage
  /** `null` where one may not. */
  readonly react: React | null
}

export function Reactions({ item, react }: ReactionsProps): ReactElement | null {
  const { strings } = useElement()
  if (item.reactions.length === 0) return null
  return (
    <div className="reactions">
      {item.reactions.map(({ key, count, mine }) => (
        <button
          key={key}
          type="button"
          className="reaction"
          part={mine ? 'reaction reaction-own' : 'reaction'}
          aria-pressed={mine}
          aria-label={strings.reaction(key, count, mine)}
          disabled={react === null}
          onClick={() => react?.(item.seq, key, !mine)}
        >
          <span>{key}</span>
          <span>{count}</span>
        </button>
      ))}
    </div>
  )
}

/** More are to be had where there is a keyboard for them; these are what most people choose. */
const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'] as const

export interface AddReactionProps {
  readonly seq: number
  readonly react: React
}

export function AddReaction({ seq, react }: AddReactionProps): ReactElement {
  const { strings } = useElement()
  const [isOpen, setIsOpen] = useState(false)
  const close = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isOpen) return
    event.stopPropagation()
    setIsOpen(false)
  }
  return (
    <span className="add-reaction" onKeyDown={close}>
      <button
        type="button"
        className="icon-button"
        title={strings.react}
        aria-label={strings.react}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <ReactIcon />
      </button>
      {isOpen && (
        <span className="quick" role="group" aria-label={strings.react}>
          {QUICK.map((key) => (
            <button
              key={key}
              type="button"
              className="icon-button"
              onClick={() => {
                react(seq, key, true)
                setIsOpen(false)
              }}
            >
              {key}
            </button>
          ))}
        </span>
      )}
    </span>
  )
}
