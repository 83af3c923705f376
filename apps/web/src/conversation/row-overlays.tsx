import { useStore } from '@parley/react'
import { type ReactElement, useEffect, useRef } from 'react'
import { Menu } from '../ui/menu.tsx'
import { Popover } from '../ui/popover.tsx'
import { toastError } from '../ui/toaster.tsx'
import { type ListOverlay, useScope } from './conversation-scope.tsx'
import { PictureViewer } from './picture-viewer.tsx'
import { QuickReactions } from './quick-reactions.tsx'
import { ReportDialog } from './report-dialog.tsx'
import { useRowEntries } from './use-row-entries.tsx'
import { Versions } from './versions.tsx'

/** What a row has opened: there is one for the whole list. */
export function RowOverlays(): ReactElement | null {
  const { overlay } = useScope()
  const open = useStore(overlay)
  return open === null ? null : <RowOverlay key={`${open.name}/${open.message.key}`} open={open} />
}

function RowOverlay({ open }: { readonly open: ListOverlay }): ReactElement {
  const { overlay, room } = useScope()
  const anchor = useRef<Element | null>(open.anchor)
  useEffect(() => {
    anchor.current = open.anchor
  }, [open])
  const shut = (): void => {
    // A menu entry may have opened the next one already.
    if (overlay.current === open) overlay.set(null)
  }
  const onOpenChange = (isOpen: boolean): void => {
    if (!isOpen) shut()
  }
  const { message } = open
  switch (open.name) {
    case 'menu':
      return <RowMenu open={open} anchor={anchor} onOpenChange={onOpenChange} />
    case 'react':
      return (
        <Popover
          label="React"
          triggerRef={anchor}
          isOpen
          onOpenChange={onOpenChange}
          placement="top end"
        >
          <QuickReactions
            onPick={(key) => {
              shut()
              const mine = message.reactions.some((one) => one.key === key && one.mine)
              room.messages
                .react(message.seq, key, !mine)
                .catch((error: unknown) => toastError(error, 'The reaction was not changed.'))
            }}
          />
        </Popover>
      )
    case 'versions':
      return (
        <Popover label="Earlier versions" triggerRef={anchor} isOpen onOpenChange={onOpenChange}>
          <Versions seq={message.seq} />
        </Popover>
      )
    case 'report':
      return <ReportDialog message={message} onShut={shut} />
    case 'picture':
      return <PictureViewer message={message} fileId={open.fileId ?? ''} onShut={shut} />
  }
}

interface RowMenuProps {
  readonly open: ListOverlay
  readonly anchor: { readonly current: Element | null }
  readonly onOpenChange: (isOpen: boolean) => void
}

function RowMenu({ open, anchor, onOpenChange }: RowMenuProps): ReactElement {
  const entries = useRowEntries(open)
  return (
    <Menu
      label="Message actions"
      entries={entries}
      triggerRef={anchor}
      isOpen
      onOpenChange={onOpenChange}
      placement="bottom end"
    />
  )
}
