import { useStore } from '@parley/react'
import { File as FileIcon, RotateCw, X } from 'lucide-react'
import { type ReactElement, useEffect, useState } from 'react'
import { errorText } from '../ui/error-text.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { byteWords } from './byte-words.ts'
import { useScope } from './conversation-scope.tsx'
import type { PendingFile } from './uploads.ts'

/** The picture itself, at an address that only this page knows. */
function Face({ file }: { readonly file: File }): ReactElement {
  const [isPicture, setIsPicture] = useState(() => file.type.startsWith('image/'))
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    if (!isPicture) return
    const made = URL.createObjectURL(file)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [file, isPicture])
  if (!isPicture) return <FileIcon size={20} aria-hidden />
  return <>{address !== null && <img src={address} alt="" onError={() => setIsPicture(false)} />}</>
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
