import type { RoomInfo } from '@parley/client'
import { useStore } from '@parley/react'
import { History, Search, SearchX } from 'lucide-react'
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { MoreRows } from './more-rows.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { SearchFilters } from './search-filters.tsx'
import { filterCount, MOST_WORDS } from './search-form.ts'
import { SearchRow } from './search-row.tsx'
import { type UsedSearch, useSearch } from './use-search.ts'
import './search-panel.css'

export interface SearchPanelProps {
  readonly info: RoomInfo
  readonly onClose: () => void
}

/** From the field to the hits and through them; Enter follows the link. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const isDown = event.key === 'ArrowDown'
  if ((!isDown && event.key !== 'ArrowUp') || event.altKey || event.ctrlKey || event.metaKey) return
  const { target, currentTarget } = event
  const field = currentTarget.querySelector('input')
  const links = [...currentTarget.querySelectorAll<HTMLElement>('.panel-hit, .panel-recent')]
  const at = links.findIndex((link) => link === target)
  if (at === -1 && target !== field) return
  const next = at === 0 && !isDown ? field : links[at + (isDown ? 1 : -1)]
  if (next === undefined || next === null) return
  event.preventDefault()
  next.focus()
}

/** Words in this room or in all of mine, with what leads to each hit. */
export function SearchPanel({ info, onClose }: SearchPanelProps): ReactElement {
  const search = useSearch(info.id)
  const { form, change, recent } = search
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  return (
    <PanelFrame title="Search" onClose={onClose}>
      <div className="panel-search" onKeyDown={moveFocus}>
        <div className="panel-tools">
          <SearchField
            ref={field}
            label="Search messages"
            autoFocus
            maxLength={MOST_WORDS}
            value={form.words}
            onChange={(words) => change({ words })}
            onSubmit={recent.add}
          />
          <SearchFilters form={form} change={change} />
        </div>
        <Found search={search} />
      </div>
    </PanelFrame>
  )
}

function Found({ search }: { readonly search: UsedSearch }): ReactElement {
  const { form, change, isOn, isTyping, pages, recent } = search
  const { items, error, hasMore, retry } = pages
  if (!isOn) return <Recent search={search} />
  if (error !== null && items === null) {
    return (
      <div className="panel-notice">
        <ErrorNotice error={error} title="The search did not work." onRetry={retry} />
      </div>
    )
  }
  if (items === null || isTyping) return <PanelSkeleton label="Searching" />
  if (items.length === 0 && !hasMore) {
    const isNarrow = !form.isEverywhere || filterCount(form) > 0
    return (
      <EmptyState
        isSmall
        icon={SearchX}
        title="Nothing found"
        text="All words have to be in a message. The last one may be only begun."
        {...(isNarrow && {
          action: (
            <Button
              size="sm"
              onPress={() =>
                change({
                  isEverywhere: true,
                  // Without words nothing would be left to look for.
                  ...(form.words.trim() !== '' && {
                    from: null,
                    hasFile: false,
                    hasLink: false,
                    since: '',
                    until: '',
                  }),
                })
              }
            >
              Search everywhere
            </Button>
          ),
        })}
      />
    )
  }
  const more = hasMore ? ' or more' : ''
  return (
    <div className="panel-body">
      <p className="visually-hidden" role="status">
        {items.length}
        {more} {items.length === 1 ? 'message' : 'messages'} found
      </p>
      <ul className="panel-hits">
        {items.map((hit) => (
          <li key={`${hit.message.roomId}/${hit.message.seq}`}>
            <SearchRow
              hit={hit}
              isWithRoom={form.isEverywhere}
              onOpen={() => recent.add(form.words)}
            />
          </li>
        ))}
      </ul>
      <MoreRows pages={pages} label="More messages" />
    </div>
  )
}

function Recent({ search }: { readonly search: UsedSearch }): ReactElement {
  const { change, recent } = search
  const words = useStore(recent.words)
  if (words.length === 0) {
    return (
      <EmptyState
        isSmall
        icon={Search}
        title="Search what was said"
        text="Words, a person, or files and links. “Quoted words” follow one another."
      />
    )
  }
  return (
    <section className="panel-body panel-recents" aria-label="Recent searches">
      <div className="panel-recents-head">
        <h3>Recent searches</h3>
        <Button size="sm" variant="quiet" onPress={recent.clear}>
          Clear
        </Button>
      </div>
      <ul>
        {words.map((one) => (
          <li key={one}>
            <button type="button" className="panel-recent" onClick={() => change({ words: one })}>
              <History size={16} aria-hidden />
              <bdi className="truncate">{one}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
