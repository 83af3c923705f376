import { type ReactElement, useEffect, useRef } from 'react'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import type { Pages } from './use-pages.ts'

export interface MoreRowsProps {
  readonly pages: Pick<Pages<unknown>, 'error' | 'hasMore' | 'isLoading' | 'loadMore' | 'retry'>
  /** Of the button, for who does not scroll. */
  readonly label: string
}

/** At the end of a list: reads on as it comes in sight. */
export function MoreRows({ pages, label }: MoreRowsProps): ReactElement | null {
  const { error, hasMore, isLoading, loadMore, retry } = pages
  const place = useRef<HTMLDivElement>(null)
  const load = useRef(loadMore)
  useEffect(() => {
    load.current = loadMore
  })
  useEffect(() => {
    const { current } = place
    if (current === null || !hasMore) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) load.current()
      },
      { rootMargin: '300px' },
    )
    observer.observe(current)
    return () => observer.disconnect()
    // After each page it is looked at anew, since it may be in sight still.
  }, [hasMore, isLoading])
  if (error !== null) {
    return (
      <div className="panel-notice">
        <ErrorNotice error={error} title="The rest could not be read." onRetry={retry} />
      </div>
    )
  }
  if (!hasMore) return null
  return (
    <div ref={place} className="panel-more">
      <Button variant="quiet" size="sm" isPending={isLoading} onPress={loadMore}>
        {label}
      </Button>
    </div>
  )
}
