import { useMe, useRooms } from '@parley/react'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import { Search } from 'lucide-react'
import type { DialogProps } from '../dialogs/dialog-props.ts'
import { usePeopleSearch } from '../dialogs/use-people-search.ts'
import { useSignOut } from '../sidebar/me-menu.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { type PaletteEntry, paletteSections } from './palette-sections.ts'
import { usePaletteActions } from './use-palette-actions.ts'
import './palette.css'

export interface PaletteProps extends DialogProps {
  readonly roomId: string | null
  readonly onSignOut: () => void
}

/** One field from which one gets to every room, every person, and everything that can be done. */
export function Palette({ isOpen, onClose, roomId, onSignOut }: PaletteProps): ReactElement {
  return (
    <ModalOverlay
      className="ui-scrim palette-scrim"
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className="palette">
        <Dialog className="palette-dialog" aria-label="Go to or do">
          {/* Before the field, which would only become empty. */}
          <div
            className="palette-keys"
            role="presentation"
            onKeyDownCapture={(event) => {
              if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
              event.preventDefault()
              event.stopPropagation()
              onClose()
            }}
          >
            <Entries roomId={roomId} onClose={onClose} onSignOut={onSignOut} />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Entries({ roomId, onClose, onSignOut }: Omit<PaletteProps, 'isOpen'>): ReactElement {
  const [words, setWords] = useState('')
  const input = useRef<HTMLInputElement>(null)
  // After a click that no pointer made, as by a screen reader, `autoFocus` alone leaves it on the page.
  useEffect(() => input.current?.focus(), [])
  const list = useRooms()
  const { people, isSearching } = usePeopleSearch(words, words.trim() !== '')
  const signOut = useSignOut(useMe(), onSignOut)
  const { actions, run } = usePaletteActions({ onClose, onSignOut: () => void signOut() })
  const sections = paletteSections({
    words,
    roomId,
    rooms: list.rooms,
    people: words.trim() === '' ? [] : people,
    actions,
  })
  const hint = isSearching ? 'Searching…' : 'Nothing is called so.'
  return (
    <Autocomplete inputValue={words} onInputChange={setWords}>
      <SearchField className="palette-field" aria-label="Room, person or action" autoFocus>
        <Search size={18} aria-hidden />
        <Input
          ref={input}
          className="palette-input"
          placeholder="Go to a room, a person, or do something"
        />
        <Kbd keys="Esc" />
      </SearchField>
      {/* It scrolls, and the focus stays in the field: so it can be scrolled without a mouse. */}
      <div className="palette-scroll" tabIndex={0} role="group" aria-label="What was found">
        <Menu
          className="palette-list"
          aria-label="Results"
          onAction={(key) => run(String(key))}
          renderEmptyState={() => <p className="palette-empty">{hint}</p>}
        >
          {sections.map(({ id, title, entries }) => (
            <MenuSection key={id} id={id} className="palette-section" aria-label={title}>
              <Header className="palette-title">{title}</Header>
              {entries.map((entry) => (
                <Row key={entry.id} entry={entry} />
              ))}
            </MenuSection>
          ))}
        </Menu>
      </div>
    </Autocomplete>
  )
}

function Row({ entry }: { readonly entry: PaletteEntry }): ReactElement {
  const Icon = entry.icon
  return (
    <MenuItem id={entry.id} textValue={entry.label} className="palette-row">
      {entry.face !== undefined && (
        <Avatar
          name={entry.label}
          seed={entry.face.seed}
          url={entry.face.url}
          size={26}
          shape={entry.face.shape}
        />
      )}
      {Icon !== undefined && (
        <span className="palette-icon">
          <Icon size={17} aria-hidden />
        </span>
      )}
      <span className="truncate" dir="auto">
        {entry.label}
      </span>
      {entry.note !== undefined && <span className="palette-note truncate">{entry.note}</span>}
      {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
    </MenuItem>
  )
}
