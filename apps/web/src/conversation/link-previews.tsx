import type { TimelineMessage } from '@parley/client'
import { type ReactElement, useState } from 'react'
import { shownHost, shownUrl } from './shown-url.ts'
import './attachments.css'

type Preview = NonNullable<TimelineMessage['previews']>[number]

function PreviewImage({ url }: { readonly url: string }): ReactElement | null {
  const [isBroken, setIsBroken] = useState(false)
  return isBroken ? null : (
    <img
      className="conv-preview-image"
      src={url}
      alt=""
      width={72}
      height={72}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setIsBroken(true)}
    />
  )
}

function LinkPreview({ preview }: { readonly preview: Preview }): ReactElement | null {
  const href = shownUrl(preview.url)
  if (href === null) return null
  const image = shownUrl(preview.imageUrl, 'https:')
  return (
    <a className="conv-preview" href={href} target="_blank" rel="noopener noreferrer nofollow">
      <span className="conv-preview-words">
        <span className="conv-preview-site truncate" dir="auto">
          {preview.siteName ?? shownHost(href)}
        </span>
        <span className="conv-preview-title" dir="auto">
          {preview.title ?? href}
        </span>
        {preview.description !== undefined && (
          <span className="conv-preview-text" dir="auto">
            {preview.description}
          </span>
        )}
      </span>
      {image !== null && <PreviewImage url={image} />}
    </a>
  )
}

/** What pages that are linked to say of themselves, as plain text. */
export function LinkPreviews({
  previews,
}: {
  readonly previews: readonly Preview[]
}): ReactElement {
  return (
    <div className="conv-previews">
      {previews.map((preview) => (
        <LinkPreview key={preview.url} preview={preview} />
      ))}
    </div>
  )
}
