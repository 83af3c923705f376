import type { ReactElement } from 'react'
import './small.css'

export interface BadgeProps {
  readonly count: number
  /** `mention` stands out, `muted` steps back. */
  readonly kind?: 'unread' | 'mention' | 'muted'
  /** What is counted, for screen readers: `3 unread messages`. */
  readonly label: string
}

/** A number beside something. Nothing at 0. */
export function Badge({ count, kind = 'unread', label }: BadgeProps): ReactElement | null {
  if (count === 0) return null
  const shown = count > 99 ? '99+' : String(count)
  return (
    <span className="ui-badge" data-kind={kind}>
      <span aria-hidden>{kind === 'mention' ? `@${count > 1 ? shown : ''}` : shown}</span>
      <span className="visually-hidden">{label}</span>
    </span>
  )
}
