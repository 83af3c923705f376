import { useStore } from '@parley/react'
import { File as FileIcon, RotateCw, X } from 'lucide-react'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import { errorText } from '../ui/error-text.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { byteWords } from './byte-words.ts'
import { useScope } from './conversation-scope.tsx'
import type { PendingFile } from './uploads.ts'

const SIDE = 80

/** Draws the middle of a picture. Our content security policy has no room for addresses of local files. */
async function draw(file: File, canvas: HTMLCanvasElement): Promise<void> {
  const picture = await createImageBitmap(file)
  const side = Math.min(picture.width, picture.height)
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2]
  canvas.getContext('2d')?.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE)
  picture.close()
}

function Face({ file }: { readonly file: File }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [isPicture, setIsPicture] = useState(() => file.type.startsWith('image/'))
  useEffect(() => {
    if (canvas.current !== null) draw(file, canvas.current).catch(() => setIsPicture(false))
  }, [file])
  if (!isPicture) return <FileIcon size={20} aria-hidden />
  return <canvas ref={canvas} width={SIDE} height={SIDE} aria-hidden />
}

function Progress({ pending }: { readonly pending: PendingFile }): ReactElement {
  const value = useStore(pending.upload.progress)
  return <ProgressBar label={`Uploading ${pending.file.name}`} value={value} />
}

function TrayItem({ pending }: { readonly pending: PendingFile }): ReactElement {
  const { uploads } = useScope()
  const { id, file, attachment, error } = pending
  const state = error !== null ? 'failed' : attachment === null ? 'uploading' : 'done'
  return (
    <li className="conv-upload" data-state={state}>
      <span className="conv-upload-face">
        <Face file={file} />
      </span>
      <span className="conv-upload-words">
        <bdi className="truncate" title={file.name}>
          {file.name}
        </bdi>
        {state === 'uploading' && <Progress pending={pending} />}
        {state === 'done' && <span className="conv-upload-note">{byteWords(file.size)}</span>}
        {error !== null && (
          <span className="conv-upload-note" role="alert">
            {errorText(error)}
          </span>
        )}
      </span>
      {state === 'failed' && (
        <IconButton
          size="sm"
          label={`Try ${file.name} again`}
          icon={RotateCw}
          onPress={() => uploads.retry(id)}
        />
      )}
      <IconButton
        size="sm"
        label={state === 'uploading' ? `Cancel ${file.name}` : `Remove ${file.name}`}
        icon={X}
        onPress={() => uploads.remove(id)}
      />
    </li>
  )
}

/** The files that go with the next message. */
export function UploadTray(): ReactElement | null {
  const { uploads } = useScope()
  const files = useStore(uploads.files)
  if (files.length === 0) return null
  return (
    <ul className="conv-tray" aria-label="Files to send">
      {files.map((pending) => (
        <TrayItem key={pending.id} pending={pending} />
      ))}
    </ul>
  )
}
