import type { ReactElement } from 'react'
import { useRef, useState } from 'react'
import { SearchField } from '../ui/search-field.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useUnread } from '@parley/react'
import { Badge } from '../ui/badge.tsx'
import { Invites } from './invites.tsx'
import { MeMenu } from './me-menu.tsx'
import { NewMenu } from './new-menu.tsx'
import type { RoomFilter } from './filter-rooms.ts'
import { RoomList } from './room-list.tsx'
import './sidebar.css'

export interface SidebarProps {
  /** The room that is open. */
  readonly roomId: string | null
  readonly onSignOut: () => void
}

/** Who I am, and my rooms. */
export function Sidebar({ roomId, onSignOut }: SidebarProps): ReactElement {
  const [filter, setFilter] = useState<RoomFilter>('all')
  const [words, setWords] = useState('')
  const list = useRef<HTMLDivElement>(null)
  const { rooms: unreadRooms } = useUnread()
  const tabs = [
    { id: 'all', label: 'All' },
    {
      id: 'unread',
      label: 'Unread',
      badge: <Badge count={unreadRooms} kind="muted" label={`in ${unreadRooms} rooms`} />,
    },
    { id: 'direct', label: 'Direct' },
  ] as const
  return (
    <>
      <header className="sidebar-head">
        <MeMenu onSignOut={onSignOut} />
        <NewMenu />
      </header>
      <div className="sidebar-search">
        <SearchField
          label="Find a room"
          value={words}
          onChange={setWords}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
            const first = list.current?.querySelector<HTMLElement>('a[href]')
            if (event.key === 'Enter') first?.click()
            first?.focus()
          }}
        />
      </div>
      <Tabs label="Which rooms" look="pill" tabs={tabs} selected={filter} onSelect={setFilter}>
        <Invites />
        <RoomList
          ref={list}
          roomId={roomId}
          filter={filter}
          words={words}
          onShowAll={() => {
            setFilter('all')
            setWords('')
          }}
        />
      </Tabs>
    </>
  )
}
