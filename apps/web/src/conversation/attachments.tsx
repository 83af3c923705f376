import type { TimelineMessage } from '@parley/client'
import type { Attachment } from '@parley/message-schema'
import { useChat, useFileLink } from '@parley/react'
import { Download, File, FileArchive, FileText, ImageOff, Music } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import { toastError } from '../ui/toaster.tsx'
import { byteWords, fitBox } from './byte-words.ts'
import { downloadFile } from './download-file.ts'
import './attachments.css'

export interface AttachmentsProps {
  readonly message: TimelineMessage
  /** Opens a picture; without it pictures are only shown. */
  readonly onPicture?: (fileId: string, anchor: Element) => void
}

const PICTURE_BOX = { width: 380, height: 320 }
/** Of a film that does not say. */
const WIDE = { width: 384, height: 216 }

export const isPicture = ({ mime }: Attachment): boolean =>
  /^image\/(?:png|jpeg|gif|webp|avif)$/u.test(mime)

function iconOf({ mime, name }: Attachment): LucideIcon {
  if (mime.startsWith('audio/')) return Music
  if (/zip|tar|gzip|compressed/u.test(mime)) return FileArchive
  return mime.startsWith('text/') || /\.(?:pdf|docx?|odt|md)$/iu.test(name) ? FileText : File
}

function Picture({
  file,
  onPicture,
}: {
  readonly file: Attachment
  readonly onPicture: AttachmentsProps['onPicture']
}): ReactElement {
  const link = useFileLink(file.id, { thumbnail: file.thumbnail === true })
  const [isBroken, setIsBroken] = useState(false)
  const { width, height } = fitBox(file, PICTURE_BOX)
  const face = isBroken ? (
    <span className="conv-picture-none">
      <ImageOff size={20} aria-hidden /> {file.name}
    </span>
  ) : (
    link !== null && (
      <img
        src={link}
        alt={file.name}
        width={width}
        height={height}
        decoding="async"
        draggable={false}
        onError={() => setIsBroken(true)}
      />
    )
  )
  const style = { width, aspectRatio: `${width} / ${height}` }
  if (onPicture === undefined) {
    return (
      <span className="conv-picture" style={style}>
        {face}
      </span>
    )
  }
  return (
    <button
      type="button"
      className="conv-picture"
      style={style}
      aria-label={`Show picture ${file.name}`}
      onClick={({ currentTarget }) => onPicture(file.id, currentTarget)}
    >
      {face}
    </button>
  )
}

function Player({ file }: { readonly file: Attachment }): ReactElement {
  const link = useFileLink(file.id)
  const source = link === null ? {} : { src: link }
  if (file.mime.startsWith('audio/')) {
    return (
      <figure className="conv-sound">
        <figcaption className="truncate" dir="auto" title={file.name}>
          {file.name}
        </figcaption>
        <audio controls preload="metadata" aria-label={file.name} {...source} />
      </figure>
    )
  }
  const { width, height } = fitBox(file.width === undefined ? WIDE : file, PICTURE_BOX)
  return (
    <video
      className="conv-video"
      style={{ width, aspectRatio: `${width} / ${height}` }}
      controls
      preload="metadata"
      aria-label={file.name}
      {...source}
    />
  )
}

function OtherFile({ file }: { readonly file: Attachment }): ReactElement {
  const { files } = useChat()
  const Icon = iconOf(file)
  return (
    <div className="conv-file">
      <span className="conv-file-icon">
        <Icon size={20} aria-hidden />
      </span>
      <span className="conv-file-words">
        <bdi className="conv-file-name truncate" title={file.name}>
          {file.name}
        </bdi>
        <span className="conv-file-size">{byteWords(file.bytes)}</span>
      </span>
      <IconButton
        size="sm"
        label={`Download ${file.name}`}
        icon={Download}
        onPress={() => {
          downloadFile(files, file).catch((error: unknown) =>
            toastError(error, 'The file was not downloaded.'),
          )
        }}
      />
    </div>
  )
}

/** Pictures, things to play, and files to take. Their places do not depend on what is loaded. */
export function Attachments({ message, onPicture }: AttachmentsProps): ReactElement | null {
  const { attachments } = message
  if (attachments.length === 0) return null
  const pictures = attachments.filter(isPicture)
  const others = attachments.filter((file) => !isPicture(file))
  return (
    <div className="conv-attachments">
      {pictures.length > 0 && (
        <div className="conv-pictures">
          {pictures.map((file) => (
            <Picture key={file.id} file={file} onPicture={onPicture} />
          ))}
        </div>
      )}
      {others.map((file) =>
        /^(?:video\/(?:mp4|webm|ogg)|audio\/)/u.test(file.mime) ? (
          <Player key={file.id} file={file} />
        ) : (
          <OtherFile key={file.id} file={file} />
        ),
      )}
    </div>
  )
}
