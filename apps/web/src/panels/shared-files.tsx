import type { SearchHit } from '@parley/client'
import { useChat } from '@parley/react'
import { Download, File as FileIcon, FileText, Image, Music, Video } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { messageHref } from '../app/route.ts'
import { shortWhen } from '../app/time-words.ts'
import { byteWords } from '../conversation/byte-words.ts'
import { downloadFile } from '../conversation/download-file.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toastError } from '../ui/toaster.tsx'
import { MoreRows } from './more-rows.tsx'
import { usePages } from './use-pages.ts'

type File = SearchHit['message']['attachments'][number]

interface Shared {
  readonly file: File
  readonly message: SearchHit['message']
}

const FIRST = 4
const PAGE = 20

const ICONS: readonly (readonly [RegExp, LucideIcon])[] = [
  [/^image\//u, Image],
  [/^video\//u, Video],
  [/^audio\//u, Music],
  [/^text\/|pdf|document/u, FileText],
]

const iconOf = ({ mime }: File): LucideIcon =>
  ICONS.find(([kind]) => kind.test(mime))?.[1] ?? FileIcon

/** Files that were sent to this room, the latest first. */
export function SharedFiles({ roomId }: { readonly roomId: string }): ReactElement {
  const chat = useChat()
  const [isAll, setIsAll] = useState(false)
  const pages = usePages<Shared>(roomId, async (cursor, signal) => {
    const query = { q: '', roomId, has: ['file'] as const, limit: PAGE }
    const page = await chat.search({ ...query, ...(cursor !== null && { cursor }) }, signal)
    return {
      items: page.hits.flatMap(({ message }) =>
        message.attachments.map((file) => ({ file, message })),
      ),
      cursor: page.cursor,
    }
  })
  const { items, error, hasMore, retry } = pages
  if (items === null) {
    if (error !== null) {
      return <ErrorNotice error={error} title="The files could not be read." onRetry={retry} />
    }
    return (
      <div aria-busy="true">
        <Skeleton width="80%" />
      </div>
    )
  }
  if (items.length === 0 && !hasMore) {
    return <p className="panel-note">No files were shared here yet.</p>
  }
  const shown = isAll ? items : items.slice(0, FIRST)
  return (
    <>
      <ul>
        {shown.map(({ file, message }) => (
          <FileRow key={`${message.seq} ${file.id}`} file={file} message={message} />
        ))}
      </ul>
      {isAll ? (
        <MoreRows pages={pages} label="More files" />
      ) : (
        (items.length > FIRST || hasMore) && (
          <Button size="sm" variant="quiet" onPress={() => setIsAll(true)}>
            Show all files
          </Button>
        )
      )}
    </>
  )
}

function FileRow({ file, message }: Shared): ReactElement {
  const { files } = useChat()
  const Icon = iconOf(file)
  return (
    <li className="panel-file">
      <span className="panel-file-icon">
        <Icon size={18} aria-hidden />
      </span>
      <span className="panel-file-words">
        <a className="truncate" href={messageHref(message.roomId, message.seq)} title={file.name}>
          <bdi>{file.name}</bdi>
        </a>
        <span className="panel-note truncate">
          {byteWords(file.bytes)} · <bdi>{message.sender.displayName}</bdi> ·{' '}
          {shortWhen(message.importedAt ?? message.ts)}
        </span>
      </span>
      <IconButton
        size="sm"
        label={`Download ${file.name}`}
        icon={Download}
        tooltipSide="left"
        onPress={() => {
          downloadFile(files, file).catch((thrown: unknown) =>
            toastError(thrown, 'The file was not downloaded.'),
          )
        }}
      />
    </li>
  )
}
