import { useMemo, type ReactElement } from 'react'
import { splitLinks } from './split-links.ts'

/** What somebody wrote, as text: its addresses can be followed, nothing else of it does anything. */
export function MessageText({ text }: { readonly text: string }): ReactElement {
  const parts = useMemo(() => splitLinks(text), [text])
  return (
    <p className="text" dir="auto">
      {parts.map((part, index) =>
        part.kind === 'link' ? (
          // By place: the parts of one text never change theirs.
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  )
}
