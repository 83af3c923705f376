import type { User } from '@parley/message-schema'
import { usePresence } from '@parley/react'
import { Check, Search, UserRoundX, X } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import {
  Button,
  ListBox,
  ListBoxItem,
  type Selection,
  Tag,
  TagGroup,
  TagList,
} from 'react-aria-components'
import { Avatar } from '../ui/avatar.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { usePeopleSearch } from './use-people-search.ts'
import './people-picker.css'

export interface PeoplePickerProps {
  readonly label: string
  readonly chosen: readonly User[]
  readonly onChange: (chosen: readonly User[]) => void
  /** At most so many. */
  readonly max: number
  /** Ids that are not offered. */
  readonly without?: ReadonlySet<string>
  readonly autoFocus?: boolean
}

/** Finds people by name, and keeps those that were chosen in sight. */
export function PeoplePicker({
  label,
  chosen,
  onChange,
  max,
  without,
  autoFocus = false,
}: PeoplePickerProps): ReactElement {
  const [words, setWords] = useState('')
  const search = usePeopleSearch(words)
  const offered = search.people.filter(({ id }) => without?.has(id) !== true)
  const ids = new Set(chosen.map(({ id }) => id))
  const choose = (selection: Selection): void => {
    const now = selection === 'all' ? new Set(offered.map(({ id }) => id)) : selection
    // The list holds only those found now; others that were chosen stay.
    const kept = chosen.filter(({ id }) => now.has(id) || !offered.some((user) => user.id === id))
    const added = offered.filter(({ id }) => now.has(id) && !ids.has(id))
    onChange([...kept, ...added].slice(0, max))
  }
  return (
    <div className="people">
      {chosen.length > 0 && (
        <TagGroup
          aria-label="Chosen"
          onRemove={(keys) => onChange(chosen.filter(({ id }) => !keys.has(id)))}
        >
          <TagList className="people-tags">
            {chosen.map((user) => (
              <Tag key={user.id} id={user.id} textValue={user.displayName} className="people-tag">
                <Avatar name={user.displayName} seed={user.id} url={user.avatarUrl} size={20} />
                <span className="truncate" dir="auto">
                  {user.displayName}
                </span>
                <Button slot="remove" aria-label={`Remove ${user.displayName}`}>
                  <X size={14} aria-hidden />
                </Button>
              </Tag>
            ))}
          </TagList>
        </TagGroup>
      )}
      <SearchField
        label={label}
        placeholder="Name or username"
        autoFocus={autoFocus}
        value={words}
        onChange={setWords}
      />
      <PeopleList
        label={label}
        offered={offered}
        ids={ids}
        onChoose={choose}
        search={search}
        words={words}
      />
    </div>
  )
}

interface PeopleListProps {
  readonly label: string
  readonly offered: readonly User[]
  readonly ids: ReadonlySet<string>
  readonly onChoose: (selection: Selection) => void
  readonly search: ReturnType<typeof usePeopleSearch>
  readonly words: string
}

function PeopleList({
  label,
  offered,
  ids,
  onChoose,
  search,
  words,
}: PeopleListProps): ReactElement {
  const states = usePresence(offered.map(({ id }) => id))
  if (search.error !== null) {
    return <ErrorNotice error={search.error} title="Nobody was found." onRetry={search.retry} />
  }
  if (offered.length === 0) {
    if (search.isSearching) return <PeopleSkeletons />
    const nobody =
      words.trim() === ''
        ? { icon: Search, title: 'Type a name' }
        : { icon: UserRoundX, title: 'Nobody found', text: 'Try the beginning of a name.' }
    return (
      <div className="people-list">
        <EmptyState isSmall {...nobody} />
      </div>
    )
  }
  return (
    <ListBox
      className="people-list"
      aria-label={label}
      selectionMode="multiple"
      selectionBehavior="toggle"
      selectedKeys={ids}
      onSelectionChange={onChoose}
      items={offered}
      dependencies={[states]}
    >
      {(user) => (
        <ListBoxItem id={user.id} textValue={user.displayName} className="people-row">
          {({ isSelected }) => (
            <>
              <Avatar
                name={user.displayName}
                seed={user.id}
                url={user.avatarUrl}
                size={34}
                presence={states.get(user.id)?.status ?? null}
              />
              <PersonWords user={user} />
              <span className="people-check" data-selected={isSelected || undefined}>
                {isSelected && <Check size={14} aria-hidden />}
              </span>
            </>
          )}
        </ListBoxItem>
      )}
    </ListBox>
  )
}

function PersonWords({ user }: { readonly user: User }): ReactElement {
  return (
    <span className="people-words">
      <span className="truncate" dir="auto">
        {user.displayName}
      </span>
      <span className="people-note truncate">
        {user.username === null ? user.kind : `@${user.username}`}
      </span>
    </span>
  )
}

function PeopleSkeletons(): ReactElement {
  return (
    <div className="people-list" aria-busy="true">
      {[9, 7, 11].map((width) => (
        <div key={width} className="people-row">
          <Skeleton shape="circle" width="2.125rem" height="2.125rem" />
          <Skeleton width={`${width}rem`} />
        </div>
      ))}
    </div>
  )
}
