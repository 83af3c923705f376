import { type ReactElement, useEffect, useState } from 'react'
import { fullWhen } from '../app/time-words.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useScope } from './conversation-scope.tsx'

type Version = Awaited<
  ReturnType<ReturnType<typeof useScope>['room']['messages']['versions']>
>[number]

/** How a message read before it was edited, the latest first. */
export function Versions({ seq }: { readonly seq: number }): ReactElement {
  const { room } = useScope()
  const [versions, setVersions] = useState<readonly Version[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    let isWanted = true
    room.messages.versions(seq).then(
      (found) => isWanted && setVersions(found.toReversed()),
      (reason: unknown) => isWanted && setError(reason),
    )
    return () => void (isWanted = false)
  }, [room, seq])
  if (error !== null) return <ErrorNotice error={error} />
  if (versions === null) return <Spinner label="Reading earlier versions" size={20} />
  return (
    <ol className="conv-versions">
      {versions.map(({ version, text, ts }) => (
        <li key={version}>
          <time dateTime={ts}>{fullWhen(ts)}</time>
          <span dir="auto">{text ?? 'without words'}</span>
        </li>
      ))}
    </ol>
  )
}
