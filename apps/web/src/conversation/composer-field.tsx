import type { RoomInfo } from '@parley/client'
import { useStore, useTyping } from '@parley/react'
import { Check, SendHorizontal } from 'lucide-react'
import type { ChangeEvent, ClipboardEvent, ReactElement } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import { ComposerBar } from './composer-bar.tsx'
import { AttachButton, EmojiButton } from './composer-buttons.tsx'
import { ComposerNotes, MOST_CHARACTERS } from './composer-notes.tsx'
import { type Scope, useMay, useScope } from './conversation-scope.tsx'
import { addFiles } from './drop-area.tsx'
import { putText } from './put-text.ts'
import { UploadTray } from './upload-tray.tsx'
import { useAutoHeight } from './use-auto-height.ts'
import { useComposerKeys } from './use-composer-keys.ts'
import { useComposerSend } from './use-composer-send.ts'
import { useComposerSuggest } from './use-composer-suggest.tsx'
import { type ComposerText, useComposerText } from './use-composer-text.ts'
import { useSlowMode } from './use-slow-mode.ts'
import { useWantedFocus } from './use-wanted-focus.ts'

export interface ComposerFieldProps {
  readonly label: string
  readonly info: RoomInfo
  readonly isWanted: boolean
}

/** Puts something where the caret is. */
function insert({ field }: Scope, { text, setText }: ComposerText, put: string): void {
  const at = field.current
  const [from, to] = [at?.selectionStart ?? text.length, at?.selectionEnd ?? text.length]
  putText({ field, setText }, text.slice(0, from) + put + text.slice(to), from + put.length)
  // What gave it may give the focus back to its button when it has shut.
  setTimeout(() => at?.focus(), 30)
}

function useMaySend({ target, text }: ComposerText, slowLeft: number): boolean {
  const files = useStore(useScope().uploads.files)
  if (text.length > MOST_CHARACTERS) return false
  if (target.name === 'edit') return true
  const isUploading = files.some(({ attachment, error }) => attachment === null && error === null)
  const hasFile = files.some(({ attachment }) => attachment !== null)
  return slowLeft === 0 && !isUploading && (text.trim() !== '' || hasFile)
}

export function ComposerField({ label, info, isWanted }: ComposerFieldProps): ReactElement {
  const scope = useScope()
  const { roomId, threadId, field } = scope
  const words = useComposerText()
  const { target, text, setText, leave } = words
  const { send, picked } = useComposerSend(words)
  const { keystroke, stop } = useTyping(roomId, threadId)
  const mayAttach = useMay('message:attach')
  const slowLeft = useSlowMode(info)
  const maySend = useMaySend(words, slowLeft)
  const suggest = useComposerSuggest({ setText, field }, picked)
  const onKeyDown = useComposerKeys({ words, suggest, onEnter: () => maySend && send() })
  useAutoHeight(field, text)
  useWantedFocus(field, isWanted)

  const isEdit = target.name === 'edit'
  const onChange = ({ currentTarget: { value } }: ChangeEvent<HTMLTextAreaElement>): void => {
    setText(value)
    suggest.look()
    if (isEdit) return
    if (value === '') stop()
    else keystroke()
  }
  const onPaste = (event: ClipboardEvent): void => {
    const { files } = event.clipboardData
    if (files.length === 0 || !mayAttach || isEdit) return
    event.preventDefault()
    addFiles(scope, files)
  }
  return (
    <div className="conv-box" data-mode={target.name}>
      <ComposerBar onCancel={leave} />
      {!isEdit && <UploadTray />}
      {suggest.list}
      <div className="conv-field-line">
        {mayAttach && !isEdit && <AttachButton />}
        <textarea
          ref={(element) => void (field.current = element)}
          className="conv-field"
          rows={1}
          dir="auto"
          aria-label={label}
          aria-autocomplete="list"
          {...suggest.fieldProps}
          placeholder={isEdit ? 'Edit the message' : 'Write a message'}
          value={text}
          onChange={onChange}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onSelect={suggest.look}
          onBlur={suggest.shut}
        />
        <EmojiButton onPick={(emoji) => insert(scope, words, emoji)} />
        <IconButton
          className="conv-send"
          label={isEdit ? 'Save' : 'Send'}
          icon={isEdit ? Check : SendHorizontal}
          variant="primary"
          tooltipSide="top"
          isDisabled={!maySend}
          onPress={() => {
            send()
            field.current?.focus()
          }}
        />
      </div>
      <ComposerNotes length={text.length} slowLeft={isEdit ? 0 : slowLeft} />
    </div>
  )
}
