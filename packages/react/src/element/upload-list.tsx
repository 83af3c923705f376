import type { ReactElement } from 'react'
import { useStore } from '../hooks/use-store.ts'
import { useElement } from './element-context.ts'
import { CloseIcon, FileIcon } from './icons.tsx'
import type { PendingFile, Uploads } from './use-uploads.ts'

export function UploadList({ uploads }: { readonly uploads: Uploads }): ReactElement | null {
  if (uploads.files.length === 0) return null
  return (
    <ul className="uploads">
      {uploads.files.map((pending) => (
        <UploadRow key={pending.id} pending={pending} uploads={uploads} />
      ))}
    </ul>
  )
}

interface UploadRowProps {
  readonly pending: PendingFile
  readonly uploads: Uploads
}

function UploadRow({ pending, uploads }: UploadRowProps): ReactElement {
  const { strings } = useElement()
  const { id, file, upload, attachment, error } = pending
  const progress = useStore(upload.progress)
  return (
    <li className="upload" part="upload" data-failed={error !== null || undefined}>
      <FileIcon />
      <span className="file-name" dir="auto">
        {file.name}
      </span>
      {attachment === null && error === null && (
        <progress value={progress} max={1} aria-label={strings.uploading(file.name)} />
      )}
      {error !== null && (
        <span className="upload-error" role="alert">
          {strings.uploadFailed(file.name)} {strings.errors[error.code]}{' '}
          {error.isRetryable && (
            <button type="button" className="link-button" onClick={() => uploads.retry(id)}>
              {strings.tryAgain}
            </button>
          )}
        </span>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={strings.removeFile(file.name)}
        onClick={() => uploads.remove(id)}
      >
        <CloseIcon />
      </button>
    </li>
  )
}
