import { CloudOff, RotateCw } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'

export interface PartMissingProps {
  /** What is not there, for the sentence: `The settings`. */
  readonly what: string
  readonly onClose?: () => void
}

/** Part of the page could not be fetched yet. Whoever shows this tries again by itself. */
export function PartMissing({ what, onClose }: PartMissingProps): ReactElement {
  return (
    <div role="status" className="ui-broken">
      <EmptyState
        icon={CloudOff}
        title={`${what} could not be loaded yet`}
        text={
          navigator.onLine
            ? 'It is tried again by itself. If that does not help, reload the page: there may be a newer version.'
            : 'You are offline. It opens when the connection is back.'
        }
        action={
          <>
            {onClose !== undefined && <Button onPress={onClose}>Close</Button>}
            {navigator.onLine && (
              <Button icon={RotateCw} onPress={() => location.reload()}>
                Reload
              </Button>
            )}
          </>
        }
      />
    </div>
  )
}
