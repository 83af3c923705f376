import { type ReactElement, useEffect, useRef, useState } from 'react'
import { Popover } from '../ui/popover.tsx'
import { type Act, ActDialog } from './act-dialog.tsx'
import { PersonFace } from './person-face.tsx'
import { usePerson } from './use-person.ts'

export interface PersonCardProps {
  /** The room in which they are looked at. */
  readonly roomId: string
  readonly userId: string
  /** What was pressed. */
  readonly anchor: Element
  /** Unmount it then. */
  readonly onClose: () => void
}

const PHONE_WIDTH = 720

/** Beside what was pressed, towards the middle of the page; on phones below it. */
function placementBy(anchor: Element): 'bottom' | 'left top' | 'right top' {
  if (window.innerWidth <= PHONE_WIDTH) return 'bottom'
  const { left, right } = anchor.getBoundingClientRect()
  return (left + right) / 2 > window.innerWidth / 2 ? 'left top' : 'right top'
}

/** After a dialog of ours, which was opened from a card that is gone by then. */
function giveFocusBack(anchor: Element): void {
  setTimeout(() => {
    const isNowhere = document.activeElement === document.body
    if (isNowhere && anchor instanceof HTMLElement && anchor.isConnected) anchor.focus()
  }, 300)
}

/** Who somebody is, and what one can do about it. Open while it is mounted. */
export function PersonCard({ roomId, userId, anchor, onClose }: PersonCardProps): ReactElement {
  const person = usePerson(roomId, userId)
  const [act, setAct] = useState<Act | null>(null)
  const [placement] = useState(() => placementBy(anchor))
  const trigger = useRef<Element | null>(anchor)
  useEffect(() => {
    trigger.current = anchor
    return () => giveFocusBack(anchor)
  }, [anchor])
  if (act !== null) return <ActDialog person={person} act={act} onClose={onClose} />
  return (
    <Popover
      label={person.name ?? 'Person'}
      triggerRef={trigger}
      placement={placement}
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <PersonFace person={person} onAct={setAct} onClose={onClose} />
    </Popover>
  )
}
