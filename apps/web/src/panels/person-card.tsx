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

/** Who somebody is, and what one can do about it. Open while it is mounted. */
export function PersonCard({ roomId, userId, anchor, onClose }: PersonCardProps): ReactElement {
  const person = usePerson(roomId, userId)
  const [act, setAct] = useState<Act | null>(null)
  const trigger = useRef<Element | null>(anchor)
  useEffect(() => {
    trigger.current = anchor
  }, [anchor])
  if (act !== null) return <ActDialog person={person} act={act} onClose={onClose} />
  return (
    <Popover
      label={person.name ?? 'Person'}
      triggerRef={trigger}
      placement="left top"
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <PersonFace person={person} onAct={setAct} onClose={onClose} />
    </Popover>
  )
}
