import { useEffect, useState, type ReactElement } from 'react'
import { useChat } from '../hooks/chat-context.ts'
import { useConnection } from '../hooks/use-connection.ts'
import { useElement } from './element-context.ts'

export interface ConnectionBannerProps {
  readonly onSignInAgain: (() => void) | null
}

/** Milliseconds for which a connection may be away without a word: most cuts are shorter. */
const PATIENCE_MS = 1_500

/** Says that there is no connection, and what becomes of what one writes. */
export function ConnectionBanner({ onSignInAgain }: ConnectionBannerProps): ReactElement {
  const { strings } = useElement()
  const { connection } = useChat()
  const { status, error } = useConnection()
  const isAway = useDelayed(status !== 'live' && status !== 'ended', PATIENCE_MS)

  const shown = status === 'ended' || status === 'offline' || (isAway && status !== 'live')
  const words = {
    idle: strings.waiting,
    connecting: strings.connecting,
    'catching-up': strings.catchingUp,
    waiting: strings.waiting,
    offline: strings.offline,
    live: '',
    ended: error === null ? strings.ended : strings.errors[error.code],
  }[status]

  return (
    <div className="banner-place" role="status">
      {shown && (
        <div className="banner" part="banner" data-status={status}>
          <bdi>{words}</bdi>
          {status === 'waiting' && (
            <button type="button" className="link-button" onClick={connection.retryNow}>
              {strings.retryNow}
            </button>
          )}
          {status === 'ended' && onSignInAgain !== null && (
            <button type="button" className="link-button" onClick={onSignInAgain}>
              {strings.tryAgain}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

/** True when it has been true for a while. */
function useDelayed(value: boolean, ms: number): boolean {
  const [isOld, setIsOld] = useState(false)
  useEffect(() => {
    if (!value) return
    const timer = setTimeout(() => setIsOld(true), ms)
    return () => {
      clearTimeout(timer)
      setIsOld(false)
    }
  }, [value, ms])
  return value && isOld
}
