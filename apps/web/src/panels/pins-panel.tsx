import type { Room, RoomInfo, TimelineMessage } from '@parley/client'
import { useChat } from '@parley/react'
import { Pin, PinOff } from 'lucide-react'
import { type ReactElement, useEffect, useState } from 'react'
import { messageHref } from '../app/route.ts'
import { MessageCard } from '../conversation/message-card.tsx'
import { useAction } from '../dialogs/use-action.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { mayIn } from './room-rights.ts'
import { usePages } from './use-pages.ts'
import './pins-panel.css'

export interface PinsPanelProps {
  readonly info: RoomInfo
  readonly onClose: () => void
}

const SOON_MS = 150

/** Goes up when pins may have changed, or a message that is pinned. */
function usePinsVersion(room: Room, shown: { current: ReadonlySet<number> }): number {
  const [version, setVersion] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const soon = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => setVersion((count) => count + 1), SOON_MS)
    }
    const end = room.onEvent((event) => {
      if (event.type === 'pin:changed') soon()
      else if (event.type === 'message:updated' || event.type === 'message:deleted') {
        if (event.ref !== undefined && shown.current.has(event.ref)) soon()
      }
    }, soon)
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [room, shown])
  return version
}

/** What somebody found worth keeping in sight, the latest pinned first. */
export function PinsPanel({ info, onClose }: PinsPanelProps): ReactElement {
  const room = useChat().rooms.get(info.id)
  const [shown] = useState<{ current: ReadonlySet<number> }>(() => ({ current: new Set() }))
  const version = usePinsVersion(room, shown)
  const pages = usePages<TimelineMessage>(
    info.id,
    async () => ({ items: await room.messages.pinned(), cursor: null }),
    version,
  )
  const { items, error, retry } = pages
  useEffect(() => {
    shown.current = new Set(items?.map(({ seq }) => seq))
  }, [shown, items])
  const mayPin = mayIn(info, 'message:pin') && !info.archived
  const gone = (seq: number): void => pages.change((all) => all.filter((one) => one.seq !== seq))
  const note = items === null || items.length === 0 ? {} : { note: String(items.length) }
  return (
    <PanelFrame title="Pinned messages" {...note} onClose={onClose}>
      {items === null && error === null && <PanelSkeleton label="Reading the pinned messages" />}
      {error !== null && (
        <div className="panel-notice">
          <ErrorNotice
            error={error}
            title="The pinned messages could not be read."
            onRetry={retry}
          />
        </div>
      )}
      {items?.length === 0 && (
        <EmptyState
          isSmall
          icon={Pin}
          title="Nothing is pinned"
          text={
            mayPin
              ? 'Pin a message from its menu, and everybody finds it here.'
              : 'What moderators pin is found here.'
          }
        />
      )}
      {items !== null && items.length > 0 && (
        <div className="panel-body" tabIndex={-1}>
          <ul className="panel-cards">
            {items.map((message) => (
              <li key={message.seq} className="panel-card">
                <MessageCard
                  message={message}
                  href={messageHref(info.id, message.seq)}
                  {...(mayPin && {
                    aside: <Unpin room={room} message={message} onGone={gone} />,
                  })}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </PanelFrame>
  )
}

interface UnpinProps {
  readonly room: Room
  readonly message: TimelineMessage
  readonly onGone: (seq: number) => void
}

function Unpin({ room, message, onGone }: UnpinProps): ReactElement {
  const { isBusy, run } = useAction()
  const { seq } = message
  const unpin = async (): Promise<void> => {
    try {
      await room.messages.pin(seq, false)
      onGone(seq)
      const again = (): void => {
        room.messages.pin(seq).catch((error: unknown) => toastError(error, 'It was not pinned.'))
      }
      toast({
        text: 'The message is not pinned any more.',
        action: { label: 'Undo', onAction: again },
      })
    } catch (error) {
      toastError(error, 'The message is still pinned.')
    }
  }
  return (
    <IconButton
      size="sm"
      label="Unpin"
      icon={PinOff}
      tooltipSide="left"
      isPending={isBusy}
      onPress={() => void run(unpin)}
    />
  )
}
