import { createStore, type Store, type TimelineMessage } from '@parley/client'
import { useEffect, useState } from 'react'
import { toastError } from '../ui/toaster.tsx'
import type { Scope } from './conversation-scope.tsx'
import { isWatched, onWatched } from './page-watched.ts'
import { placeOfSeq } from './row-look.ts'

/** The line between what was read when the room was opened, and what is new. */
export interface ReadLine {
  /** `null`: there is no line. */
  readonly readTo: Store<number | null>
  /** How many were new when the room was opened. */
  readonly count: number
  /** The first new one, if it is among these. `above`: there are older ones. */
  readonly firstSeq: (
    items: readonly TimelineMessage[],
    above: TimelineMessage | undefined,
  ) => number | null
  /** Somebody has marked the rest as unread: it stays so until they leave the room or write. */
  readonly isHeld: () => boolean
  readonly hold: (seq: number) => void
  readonly release: () => void
}

function createReadLine(
  { room }: Scope,
  isMain: boolean,
): ReadLine & {
  readonly follow: () => () => void
} {
  const mark = (): number | null => {
    const { unread, readSeq } = room.reading.mine.current
    return isMain && unread > 0 ? readSeq : null
  }
  const readTo = createStore<number | null>(mark())
  let isHeld = false
  return {
    readTo,
    count: isMain ? room.reading.mine.current.unread : 0,
    firstSeq(items, above) {
      const line = readTo.current
      if (line === null || (above !== undefined && above.seq > line)) return null
      return items[placeOfSeq(items, line + 1)]?.seq ?? null
    },
    isHeld: () => isHeld,
    hold(seq) {
      isHeld = true
      readTo.set(seq - 1)
      room.reading.markUnread(seq).catch((error: unknown) => {
        isHeld = false
        toastError(error, 'It was not marked as unread.')
      })
    },
    release() {
      isHeld = false
    },
    follow: () =>
      onWatched(() => {
        const { unread, readSeq } = room.reading.mine.current
        if (isHeld || !isMain) return
        // Who was away finds the line where they left; who comes back to nothing new finds none.
        if (isWatched()) {
          if (unread === 0) readTo.set(null)
        } else if (unread === 0) readTo.set(readSeq)
      }),
  }
}

export function useReadLine(scope: Scope, isMain: boolean): ReadLine {
  const [line] = useState(() => createReadLine(scope, isMain))
  useEffect(() => line.follow(), [line])
  return line
}
