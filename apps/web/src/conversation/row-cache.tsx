import type { TimelineMessage } from '@parley/client'
import type { ReactElement } from 'react'
import { MessageRow } from './message-row.tsx'
import { type RowLook, rowLook } from './row-look.ts'

interface Kept extends RowLook {
  readonly element: ReactElement
}

/**
 * The element of each message, the same one until the message or its look changes: a list that
 * renders again does not render its rows.
 */
export function createRowCache() {
  const kept = new WeakMap<TimelineMessage, Kept>()
  return (
    message: TimelineMessage,
    before: TimelineMessage | undefined,
    readTo: number | null,
  ): ReactElement => {
    const look = rowLook(before, message, readTo)
    const last = kept.get(message)
    if (
      last !== undefined &&
      last.isHead === look.isHead &&
      last.isNewDay === look.isNewDay &&
      last.isFirstNew === look.isFirstNew
    ) {
      return last.element
    }
    const element = <MessageRow key={message.key} message={message} {...look} />
    kept.set(message, { ...look, element })
    return element
  }
}
