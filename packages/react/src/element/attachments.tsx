import type { Chat, TimelineMessage } from '@parley/client'
import type { ReactElement } from 'react'
import { useChat } from '../hooks/chat-context.ts'
import { useFileLink } from '../hooks/use-file-link.ts'
import { useElement } from './element-context.ts'
import { FileIcon } from './icons.tsx'

type Attachment = TimelineMessage['attachments'][number]

export interface AttachmentsProps {
  readonly attachments: readonly Attachment[]
}

export function Attachments({ attachments }: AttachmentsProps): ReactElement {
  return (
    <div className="attachments">
      {attachments.map((attachment) =>
        attachment.thumbnail === true ? (
          <Picture key={attachment.id} attachment={attachment} />
        ) : (
          <FileButton key={attachment.id} attachment={attachment} />
        ),
      )}
    </div>
  )
}

interface OneProps {
  readonly attachment: Attachment
}

/** Has its size before it has its picture, so nothing moves when that comes. */
function Picture({ attachment }: OneProps): ReactElement {
  const { strings } = useElement()
  const chat = useChat()
  const { id, name, width = 4, height = 3 } = attachment
  const link = useFileLink(id, { thumbnail: true })
  return (
    <button
      type="button"
      className="picture"
      part="picture"
      style={{ aspectRatio: `${width} / ${height}`, inlineSize: `min(${width}px, 100%)` }}
      onClick={() => void openFile(chat, attachment)}
    >
      {link === null ? (
        <span className="hidden">{strings.image(name)}</span>
      ) : (
        <img src={link} alt={strings.image(name)} decoding="async" />
      )}
    </button>
  )
}

function FileButton({ attachment }: OneProps): ReactElement {
  const { strings, formats } = useElement()
  const chat = useChat()
  const { name, bytes } = attachment
  const size = formats.bytes(bytes)
  return (
    <button
      type="button"
      className="file"
      part="file"
      aria-label={strings.file(name, size)}
      onClick={() => void openFile(chat, attachment)}
    >
      <FileIcon />
      <span className="file-name" dir="auto">
        {name}
      </span>
      <bdi className="file-size">{size}</bdi>
    </button>
  )
}

/** Links end after some minutes, so one is asked for when it is needed. */
async function openFile({ files }: Chat, { id, name, thumbnail }: Attachment): Promise<void> {
  const href = await files.link(id).catch(() => null)
  if (href === null) return
  const anchor = document.createElement('a')
  Object.assign(anchor, { href, target: '_blank', rel: 'noopener noreferrer' })
  if (thumbnail !== true) anchor.download = name
  anchor.click()
}
