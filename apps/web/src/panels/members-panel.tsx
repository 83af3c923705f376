import type { RoomInfo } from '@parley/client'
import type { Member } from '@parley/message-schema'
import { useMe } from '@parley/react'
import { Link2, UserRoundPlus, UserRoundX } from 'lucide-react'
import { type KeyboardEvent, type ReactElement, useMemo, useRef, useState } from 'react'
import { Virtualizer } from 'virtua'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { AddPeopleDialog } from './add-people-dialog.tsx'
import { InviteLinkDialog } from './invite-link-dialog.tsx'
import { MemberButton } from './member-button.tsx'
import { memberRows } from './member-rows.ts'
import { MoreRows } from './more-rows.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { PersonCard } from './person-card.tsx'
import { roleWords } from './role-words.ts'
import { mayIn } from './room-rights.ts'
import { useMembers } from './use-members.ts'
import type { Pages } from './use-pages.ts'
import './members-panel.css'

export interface MembersPanelProps {
  readonly info: RoomInfo
  readonly onClose: () => void
}

/** Fewer than this are seen at a glance. */
const SEARCHED_FROM = 8

/** Who is in the room, by role; a person leads to their card. */
export function MembersPanel({ info, onClose }: MembersPanelProps): ReactElement {
  const [words, setWords] = useState('')
  const pages = useMembers(info, words)
  const isSearched = info.memberCount >= SEARCHED_FROM || words !== ''
  return (
    <PanelFrame title="Members" note={info.memberCount.toLocaleString()} onClose={onClose}>
      <div className="panel-tools">
        {isSearched && (
          <SearchField
            label="Search members"
            placeholder="Name or username"
            value={words}
            onChange={setWords}
          />
        )}
        <Coming info={info} members={pages.items ?? NOBODY} />
      </div>
      <MemberList info={info} pages={pages} words={words} />
    </PanelFrame>
  )
}

const NOBODY: readonly Member[] = []

/** Ways for others to come in, as far as I may open them. */
function Coming({
  info,
  members,
}: {
  readonly info: RoomInfo
  readonly members: readonly Member[]
}): ReactElement | null {
  const [open, setOpen] = useState<'add' | 'link' | null>(null)
  const mayInvite = mayIn(info, 'members:invite')
  const mayAdd = mayIn(info, 'members:add')
  if (info.archived || (!mayInvite && !mayAdd)) return null
  const close = (): void => setOpen(null)
  return (
    <div className="panel-buttons" data-fill>
      <Button size="sm" icon={UserRoundPlus} onPress={() => setOpen('add')}>
        {mayAdd ? 'Add people' : 'Invite people'}
      </Button>
      {mayInvite && (
        <Button size="sm" icon={Link2} onPress={() => setOpen('link')}>
          Invite link
        </Button>
      )}
      <AddPeopleDialog
        info={info}
        members={members}
        isInvite={!mayAdd}
        isOpen={open === 'add'}
        onClose={close}
      />
      <InviteLinkDialog info={info} isOpen={open === 'link'} onClose={close} />
    </div>
  )
}

/** Arrow keys go from person to person; Tab goes on. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('.panel-member')]
  const at = buttons.findIndex((button) => button === document.activeElement)
  const next = buttons[at + (event.key === 'ArrowDown' ? 1 : -1)]
  if (at === -1 || next === undefined) return
  event.preventDefault()
  next.focus()
}

interface MemberListProps {
  readonly info: RoomInfo
  readonly pages: Pages<Member>
  readonly words: string
}

interface Shown {
  readonly userId: string
  readonly anchor: Element
}

function MemberList({ info, pages, words }: MemberListProps): ReactElement {
  const { items, error, hasMore, retry } = pages
  const me = useMe()
  const scroller = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<Shown | null>(null)
  const rows = useMemo(() => memberRows(items ?? [], !hasMore), [items, hasMore])
  if (items === null) {
    if (error === null) return <PanelSkeleton label="Reading the members" />
    return (
      <div className="panel-notice">
        <ErrorNotice error={error} title="The members could not be read." onRetry={retry} />
      </div>
    )
  }
  if (items.length === 0) {
    const text = `Nobody here has a name that begins with “${words.trim()}”.`
    return <EmptyState isSmall icon={UserRoundX} title="Nobody found" text={text} />
  }
  const show = (userId: string, anchor: Element): void => setShown({ userId, anchor })
  const isDirect = info.kind !== 'room'
  return (
    <div ref={scroller} className="panel-body panel-members" onKeyDown={moveFocus}>
      <Virtualizer data={rows} scrollRef={scroller} as="ul" item="li" bufferSize={300}>
        {(row) =>
          row.kind === 'role' ? (
            <h3 key={`role ${row.role}`} className="panel-role">
              {isDirect ? 'People' : roleWords(row.role)}
              {row.count !== null && row.count > 1 && (
                <span className="panel-role-count"> {row.count.toLocaleString()}</span>
              )}
            </h3>
          ) : (
            <MemberButton
              key={row.member.userId}
              member={row.member}
              isMe={row.member.userId === me?.id}
              isOpen={shown?.userId === row.member.userId}
              onShow={show}
            />
          )
        }
      </Virtualizer>
      <MoreRows pages={pages} label="More members" />
      {shown !== null && (
        <PersonCard
          key={shown.userId}
          roomId={info.id}
          userId={shown.userId}
          anchor={shown.anchor}
          onClose={() => setShown(null)}
        />
      )}
    </div>
  )
}
