import { EmojiPicker, type EmojiPickerListComponents } from 'frimousse'
import type { ReactElement } from 'react'
import { Spinner } from '../ui/spinner.tsx'
import { isChinese } from './emoji-language.ts'
import './emoji-picker.css'

const COMPONENTS: EmojiPickerListComponents = {
  CategoryHeader: ({ category, ...props }) => (
    <div className="conv-emoji-category" {...props}>
      {category.label}
    </div>
  ),
  Row: ({ children, ...props }) => (
    // Rows and columns are counted from one.
    <div className="conv-emoji-row" {...props} aria-rowindex={(props['aria-rowindex'] ?? 0) + 1}>
      {children}
    </div>
  ),
  Emoji: ({ emoji, ...props }) => (
    <button
      type="button"
      className="conv-emoji"
      data-active={emoji.isActive || undefined}
      {...props}
      aria-colindex={(props['aria-colindex'] ?? 0) + 1}
    >
      {emoji.emoji}
    </button>
  ),
}

/** All emoji, by their names in English or Chinese. The data are our own files. */
export function EmojiPickerPane({
  onPick,
}: {
  readonly onPick: (emoji: string) => void
}): ReactElement {
  return (
    <EmojiPicker.Root
      className="conv-emoji-picker"
      emojibaseUrl="/emoji"
      locale={isChinese() ? 'zh' : 'en'}
      columns={9}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <EmojiPicker.Search
        className="conv-emoji-search"
        aria-label="Search emoji"
        placeholder="Search emoji"
        autoFocus
      />
      <EmojiPicker.Viewport className="conv-emoji-viewport">
        <EmojiPicker.Loading className="conv-emoji-note">
          <Spinner label="Loading emoji" size={20} />
        </EmojiPicker.Loading>
        <EmojiPicker.Empty className="conv-emoji-note">No emoji has this name.</EmojiPicker.Empty>
        <EmojiPicker.List className="conv-emoji-list" components={COMPONENTS} />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  )
}
