import { Plus } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { IconButton } from '../ui/icon-button.tsx'
import { EmojiPickerPane } from './emoji-picker.tsx'
import { quickEmoji, rememberEmoji } from './recent-emoji.ts'

/** A few at hand, and all of them behind a button. */
export function QuickReactions({
  onPick,
}: {
  readonly onPick: (emoji: string) => void
}): ReactElement {
  const [isFull, setIsFull] = useState(false)
  const [quick] = useState(quickEmoji)
  const pick = (emoji: string): void => {
    rememberEmoji(emoji)
    onPick(emoji)
  }
  if (isFull) return <EmojiPickerPane onPick={pick} />
  return (
    <div className="conv-quick">
      {quick.map((emoji, index) => (
        <AriaButton
          key={emoji}
          className="conv-quick-emoji"
          aria-label={`React with ${emoji}`}
          autoFocus={index === 0}
          onPress={() => pick(emoji)}
        >
          {emoji}
        </AriaButton>
      ))}
      <IconButton label="More emoji" icon={Plus} onPress={() => setIsFull(true)} />
    </div>
  )
}
