import type { ReactElement } from 'react'
import type { Panel } from '../app/panel.ts'
import { BackToRooms } from '../app/back-button.tsx'

export interface ConversationProps {
  readonly roomId: string
  readonly focusSeq: number | null
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

/** Placeholder. */
export function Conversation({ roomId }: ConversationProps): ReactElement {
  return (
    <div>
      <BackToRooms /> {roomId}
    </div>
  )
}
