import { Paperclip, Smile } from 'lucide-react'
import { type ReactElement, useRef, useState } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import { Popover } from '../ui/popover.tsx'
import { useScope } from './conversation-scope.tsx'
import { addFiles } from './drop-area.tsx'
import { EmojiPickerPane } from './emoji-picker.tsx'

export function AttachButton(): ReactElement {
  const scope = useScope()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton
        label="Attach files"
        icon={Paperclip}
        tooltipSide="top"
        onPress={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to send"
        onChange={({ currentTarget }) => {
          addFiles(scope, currentTarget.files ?? [])
          currentTarget.value = ''
        }}
      />
    </>
  )
}

export function EmojiButton({
  onPick,
}: {
  readonly onPick: (emoji: string) => void
}): ReactElement {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Popover
      label="Emoji"
      placement="top end"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={<IconButton label="Emoji" icon={Smile} tooltipSide="top" />}
    >
      <EmojiPickerPane
        onPick={(emoji) => {
          setIsOpen(false)
          onPick(emoji)
        }}
      />
    </Popover>
  )
}
