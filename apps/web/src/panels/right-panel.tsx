import type { RoomInfo } from '@parley/client'
import { useRoom } from '@parley/react'
import type { ReactElement } from 'react'
import type { Panel } from '../app/panel.ts'
import { useRoute } from '../app/route.ts'
import { DetailsPanel } from './details-panel.tsx'
import { MembersPanel } from './members-panel.tsx'
import { ModerationPanel } from './moderation-panel.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { PinsPanel } from './pins-panel.tsx'
import { SearchPanel } from './search-panel.tsx'
import { ThreadPanel } from './thread-panel.tsx'

export interface RightPanelProps {
  readonly roomId: string
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

interface OpenPanelProps {
  readonly info: RoomInfo
  readonly panel: NonNullable<Panel>
  readonly onPanel: (panel: Panel) => void
}

const TITLES: Record<NonNullable<Panel>, string> = {
  members: 'Members',
  thread: 'Thread',
  pins: 'Pinned messages',
  search: 'Search',
  details: 'Room details',
  moderation: 'Moderation',
}

/** What belongs to a room: its people, a thread, pins, search, settings, moderation. */
export function RightPanel({ roomId, panel, onPanel }: RightPanelProps): ReactElement | null {
  const { info } = useRoom(roomId)
  if (panel === null) return null
  if (info === null) {
    return (
      <PanelFrame title={TITLES[panel]} onClose={() => onPanel(null)}>
        <PanelSkeleton label="Reading the room" />
      </PanelFrame>
    )
  }
  return <OpenPanel info={info} panel={panel} onPanel={onPanel} />
}

function OpenPanel({ info, panel, onPanel }: OpenPanelProps): ReactElement | null {
  const route = useRoute()
  const onClose = (): void => onPanel(null)
  switch (panel) {
    case 'members':
      return <MembersPanel info={info} onClose={onClose} />
    case 'thread': {
      const threadSeq = route.name === 'room' ? route.threadSeq : null
      if (threadSeq === null) return null
      return <ThreadPanel key={threadSeq} info={info} rootSeq={threadSeq} onClose={onClose} />
    }
    case 'pins':
      return <PinsPanel info={info} onClose={onClose} />
    case 'search':
      return <SearchPanel info={info} onClose={onClose} />
    case 'details':
      return (
        <DetailsPanel
          info={info}
          onClose={onClose}
          onModeration={() => onPanel('moderation')}
          onMembers={() => onPanel('members')}
        />
      )
    case 'moderation':
      return <ModerationPanel info={info} onClose={onClose} onBack={() => onPanel('details')} />
  }
}
