import type { TimelineMessage } from '@parley/client'
import { useId, useRef, type FormEvent, type ReactElement } from 'react'
import { useElement } from './element-context.ts'
import { AttachIcon, CloseIcon, SendIcon } from './icons.tsx'
import { UploadList } from './upload-list.tsx'
import type { Uploads } from './use-uploads.ts'
import { useWriting, type WritingPlace } from './use-writing.ts'

export interface ComposerProps extends WritingPlace {
  readonly title: string
}

const MOST_LINES = 8
const PROBLEMS = {
  uploading: 'waitForUploads',
  'too-long': 'tooLong',
  'too-many': 'tooManyWaiting',
} as const

export function Composer(props: ComposerProps): ReactElement {
  const { title, uploads, replyTo, onReplied } = props
  const { strings } = useElement()
  const hintId = useId()
  const { text, field, problem, maySend, submit, onKeyDown, onChange, onPaste } = useWriting(props)

  return (
    <form
      className="composer"
      part="composer"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit()
      }}
    >
      {replyTo !== null && <ReplyBar message={replyTo} onCancel={onReplied} />}
      {uploads !== null && <UploadList uploads={uploads} />}
      <div className="composer-line">
        {uploads !== null && <AttachButton uploads={uploads} />}
        <textarea
          ref={field}
          className="field"
          part="input"
          dir="auto"
          rows={Math.min(text.split('\n').length, MOST_LINES)}
          value={text}
          placeholder={strings.write}
          aria-label={strings.writeTo(title)}
          aria-describedby={problem === null ? undefined : hintId}
          enterKeyHint="send"
          onChange={onChange}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button
          type="submit"
          className="icon-button send"
          part="send"
          aria-label={strings.send}
          title={strings.send}
          aria-disabled={!maySend}
        >
          <SendIcon />
        </button>
      </div>
      {problem !== null && (
        <p className="composer-hint" id={hintId}>
          <bdi>{strings[PROBLEMS[problem]]}</bdi>
        </p>
      )}
    </form>
  )
}

interface ReplyBarProps {
  readonly message: TimelineMessage
  readonly onCancel: () => void
}

function ReplyBar({ message, onCancel }: ReplyBarProps): ReactElement {
  const { strings } = useElement()
  return (
    <div className="reply-bar">
      <span className="quote-words">
        <span className="quote-name" dir="auto">
          {strings.replyTo(message.isMine ? strings.you : message.sender.displayName)}
        </span>
        <span className="quote-text" dir="auto">
          {message.text ?? strings.quotedWordless}
        </span>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={strings.cancelReply}
        onClick={onCancel}
      >
        <CloseIcon />
      </button>
    </div>
  )
}

function AttachButton({ uploads }: { readonly uploads: Uploads }): ReactElement {
  const { strings } = useElement()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        className="icon-button"
        part="attach"
        aria-label={strings.attach}
        title={strings.attach}
        onClick={() => input.current?.click()}
      >
        <AttachIcon />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          uploads.add(target.files ?? [])
          // The same file can be chosen again.
          target.value = ''
        }}
      />
    </>
  )
}
