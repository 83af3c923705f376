import type { TimelineMessage } from '@parley/client'
import {
  useEffect,
  useRef,
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
} from 'react'
import { useDraft } from '../hooks/use-draft.ts'
import { useSend } from '../hooks/use-send.ts'
import { useTyping } from '../hooks/use-typing.ts'
import type { Uploads } from './use-uploads.ts'

export interface WritingPlace {
  readonly roomId: string
  /** `null` where one may not attach. */
  readonly uploads: Uploads | null
  readonly replyTo: TimelineMessage | null
  readonly onReplied: () => void
}

export interface Writing {
  readonly text: string
  readonly field: RefObject<HTMLTextAreaElement | null>
  /** For files that are still on their way. */
  readonly isWaiting: boolean
  readonly maySend: boolean
  readonly submit: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onChange: (event: ChangeEvent<HTMLTextAreaElement>) => void
  readonly onPaste: (event: ClipboardEvent) => void
}

/** What becomes of keys, words and files until they are sent. */
export function useWriting({ roomId, uploads, replyTo, onReplied }: WritingPlace): Writing {
  const send = useSend(roomId)
  const { keystroke, stop } = useTyping(roomId)
  const [text, setText] = useDraft(roomId)
  const field = useRef<HTMLTextAreaElement>(null)

  useEffect(() => {
    if (replyTo !== null) field.current?.focus()
  }, [replyTo])

  const isWaiting = uploads?.isBusy ?? false
  const hasFiles = uploads?.files.some(({ attachment }) => attachment !== null) ?? false
  const maySend = !isWaiting && (text.trim() !== '' || hasFiles)

  const submit = (): void => {
    if (!maySend) return
    const attachments = uploads?.take() ?? []
    const words = text.trim()
    send({
      ...(words === '' ? {} : { text: words }),
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(replyTo === null ? {} : { replyTo: replyTo.seq }),
    })
    setText('')
    stop()
    onReplied()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, enter chooses a word (Safari says so by the code 229 only).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Escape' && replyTo !== null) return onReplied()
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.metaKey) return
    event.preventDefault()
    submit()
  }
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>): void => {
    setText(event.target.value)
    if (event.target.value === '') stop()
    else keystroke()
  }
  const onPaste = (event: ClipboardEvent): void => {
    const { files } = event.clipboardData
    if (uploads === null || files.length === 0) return
    event.preventDefault()
    uploads.add(files)
  }

  return { text, field, isWaiting, maySend, submit, onKeyDown, onChange, onPaste }
}
