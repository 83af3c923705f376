import type { User } from '@parley/message-schema'
import { useMe } from '@parley/react'
import { Calendar, Link, Paperclip, UserRound } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button as AriaButton, ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { PeoplePicker } from '../dialogs/people-picker.tsx'
import { Button } from '../ui/button.tsx'
import { Popover } from '../ui/popover.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { SearchForm } from './search-form.ts'

export interface SearchFiltersProps {
  readonly form: SearchForm
  readonly change: (change: Partial<SearchForm>) => void
}

/** Where, from whom, with what, and when. */
export function SearchFilters({ form, change }: SearchFiltersProps): ReactElement {
  return (
    <>
      <ToggleButtonGroup
        className="panel-scope"
        aria-label="Where to search"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[form.isEverywhere ? 'all' : 'room']}
        onSelectionChange={(keys) => change({ isEverywhere: keys.has('all') })}
      >
        <ToggleButton id="room" className="panel-scope-part">
          This room
        </ToggleButton>
        <ToggleButton id="all" className="panel-scope-part">
          Everywhere
        </ToggleButton>
      </ToggleButtonGroup>
      <div className="panel-filters" role="group" aria-label="Filters">
        <FromFilter form={form} change={change} />
        <ToggleButton
          className="panel-filter"
          isSelected={form.hasFile}
          onChange={(hasFile) => change({ hasFile })}
        >
          <Paperclip size={14} aria-hidden /> Files
        </ToggleButton>
        <ToggleButton
          className="panel-filter"
          isSelected={form.hasLink}
          onChange={(hasLink) => change({ hasLink })}
        >
          <Link size={14} aria-hidden /> Links
        </ToggleButton>
        <WhenFilter form={form} change={change} />
      </div>
    </>
  )
}

function FromFilter({ form, change }: SearchFiltersProps): ReactElement {
  const me = useMe()
  const { from } = form
  const choose = (close: () => void) => (user: SearchForm['from']) => {
    change({ from: user })
    close()
  }
  return (
    <Popover
      label="From whom"
      placement="bottom start"
      trigger={
        <AriaButton className="panel-filter" data-selected={from !== null || undefined}>
          <UserRound size={14} aria-hidden />{' '}
          {from === null ? 'From' : <bdi className="truncate">From {from.displayName}</bdi>}
        </AriaButton>
      }
    >
      {(close) => (
        <div className="panel-filter-pane">
          <PeoplePicker
            label="From whom"
            autoFocus
            chosen={NOBODY}
            max={1}
            onChange={(people) => choose(close)(people[0] ?? null)}
          />
          <div className="panel-buttons">
            {me !== null && from?.id !== me.id && (
              <Button size="sm" onPress={() => choose(close)(me)}>
                From me
              </Button>
            )}
            {from !== null && (
              <Button size="sm" onPress={() => choose(close)(null)}>
                From anybody
              </Button>
            )}
          </div>
        </div>
      )}
    </Popover>
  )
}

const NOBODY: readonly User[] = []

const dayWords = (day: string): string => {
  const time = new Date(`${day}T00:00`)
  return Number.isNaN(time.getTime())
    ? day
    : time.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
}

function whenWords({ since, until }: SearchForm): string {
  if (since !== '' && until !== '') return `${dayWords(since)} – ${dayWords(until)}`
  if (since !== '') return `Since ${dayWords(since)}`
  return until === '' ? 'When' : `Until ${dayWords(until)}`
}

function WhenFilter({ form, change }: SearchFiltersProps): ReactElement {
  const isOn = form.since !== '' || form.until !== ''
  return (
    <Popover
      label="When"
      placement="bottom end"
      trigger={
        <AriaButton className="panel-filter" data-selected={isOn || undefined}>
          <Calendar size={14} aria-hidden /> <span className="truncate">{whenWords(form)}</span>
        </AriaButton>
      }
    >
      {(close) => (
        <div className="panel-filter-pane">
          <TextField
            label="Since"
            type="date"
            autoFocus
            value={form.since}
            onChange={(since) => change({ since })}
          />
          <TextField
            label="Until"
            type="date"
            value={form.until}
            onChange={(until) => change({ until })}
          />
          <div className="panel-buttons">
            <Button size="sm" variant="primary" onPress={close}>
              Done
            </Button>
            {isOn && (
              <Button size="sm" onPress={() => change({ since: '', until: '' })}>
                Any time
              </Button>
            )}
          </div>
        </div>
      )}
    </Popover>
  )
}
