import { useEffect, useEffectEvent } from 'react'
import { navigate, threadHref } from '../app/route.ts'
import { toastError } from '../ui/toaster.tsx'
import { useScope } from './conversation-scope.tsx'
import type { ListPlace } from './list-place.ts'
import type { ListRows } from './list-rows.ts'
import type { MessageListProps } from './message-list.tsx'
import { indexOfKey } from './row-look.ts'
import type { ReadLine } from './use-read-line.ts'

/** What the composer, a quote or an address asks of the list. */
export function useListControl(
  { timeline, jumpTo, jumpToLatest }: MessageListProps,
  { items }: ListRows,
  place: ListPlace,
  readLine: ReadLine,
): void {
  const scope = useScope()
  const toLatest = useEffectEvent((): void => {
    if (!timeline.hasAfter) place.goToEnd()
    else void jumpToLatest?.().then(place.goToEnd, (error: unknown) => toastError(error))
  })
  const jump = useEffectEvent(async (seq: number): Promise<void> => {
    const isHere = indexOfKey(timeline.items, { seq, key: '' }) >= 0
    if (!isHere) {
      const { threadId } = await scope.room.messages.get(seq)
      if (threadId !== undefined && threadId !== scope.threadId) {
        navigate(threadHref(scope.roomId, threadId))
        return
      }
      await jumpTo?.(seq)
    }
    place.goTo(seq)
  })
  const lastMine = useEffectEvent(() =>
    items.findLast(({ isMine, deletedAt, seq }) => isMine && seq > 0 && deletedAt === undefined),
  )
  useEffect(() => {
    const control = {
      toLatest: () => toLatest(),
      sent: () => {
        readLine.release()
        toLatest()
      },
      jumpTo: (seq: number) =>
        void jump(seq).catch((error: unknown) => toastError(error, 'The message cannot be shown.')),
      lastMine: () => lastMine(),
      holdUnread: readLine.hold,
    }
    scope.list.current = control
    return () => {
      if (scope.list.current === control) scope.list.current = null
    }
  }, [scope, readLine])
}
