import type { Timeline } from '@parley/client'
import { useStore } from '@parley/react'
import { type ReactElement, type ReactNode, useCallback, useRef, useState } from 'react'
import { Virtualizer } from 'virtua'
import { Announcer } from './announcer.tsx'
import { useScope } from './conversation-scope.tsx'
import { JumpToFirstNew } from './jump-to-first-new.tsx'
import { JumpToLatest } from './jump-to-latest.tsx'
import { START } from './list-place.ts'
import { ListStart } from './list-start.tsx'
import { ReadMarker } from './read-marker.tsx'
import { createRowCache } from './row-cache.tsx'
import { RowOverlays } from './row-overlays.tsx'
import { useListControl } from './use-list-control.ts'
import { useListPlace } from './use-list-place.ts'
import { useListRows } from './use-list-rows.ts'
import { useReadLine } from './use-read-line.ts'
import { useRowFocus } from './use-row-focus.ts'
import './message-list.css'

export interface MessageListProps {
  /** Said by screen readers. */
  readonly label: string
  readonly timeline: Timeline
  readonly loadBefore: () => Promise<void>
  readonly loadAfter?: () => Promise<void>
  readonly jumpTo?: (seq: number) => Promise<void>
  readonly jumpToLatest?: () => Promise<void>
  /** Of a room: what is seen is marked as read, and what is new is divided from what was read. */
  readonly isMain?: boolean
  /** Above the first message. */
  readonly start?: ReactNode
  readonly empty?: ReactNode
}

/** The lowest row, until one is measured: what is new then only ever pushes up what is above it. */
const LOWEST = 24
/**
 * A row is rendered one frame after it came so near, and measured one frame later. Who scrolls fast must
 * not be there before it: what grows in sight pushes down what is below it. A screen is enough.
 */
const LEAST_BUFFER = 500
const FLASH_MS = 1_800
const quietly = (): void => undefined

function useFlash(): (seq: number) => void {
  const { flashed } = useScope()
  return useCallback(
    (seq) => {
      flashed.set(seq)
      setTimeout(() => {
        if (flashed.current === seq) flashed.set(null)
      }, FLASH_MS)
    },
    [flashed],
  )
}

/** Any number of messages: only those in sight are in the page. */
export function MessageList(props: MessageListProps): ReactElement {
  const { label, timeline, loadBefore, isMain = false, start, empty } = props
  const scope = useScope()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useListRows(timeline)
  const { items, above } = rows
  const readLine = useReadLine(scope, isMain)
  const readTo = useStore(readLine.readTo)
  const flash = useFlash()
  const { place, isPlaced } = useListPlace({
    rows,
    firstSeq: readLine.firstSeq(items, above),
    scrollTop: () => scroller.current?.scrollTop ?? 0,
    onNearStart: () => void loadBefore().catch(quietly),
    onNearEnd: () => void props.loadAfter?.().catch(quietly),
    onReached: flash,
  })
  const [elementOf] = useState(createRowCache)
  const { events, kept } = useRowFocus(scroller, items, place)
  useListControl(props, rows, place, readLine)

  const hasAny = timeline.items.length > 0
  return (
    <div className="conv-list">
      <div
        ref={scroller}
        className="conv-scroller"
        role="log"
        aria-label={label}
        // What is new is told by the announcer: scrolling is no news.
        aria-live="off"
        aria-busy={timeline.status === 'loading'}
        data-placed={isPlaced || !hasAny || undefined}
        {...(hasAny ? {} : { tabIndex: 0 })}
        {...place.touches}
        {...events}
      >
        <div className="conv-spacer" />
        {!hasAny && timeline.status === 'ready' && empty}
        {hasAny && (
          <>
            <ListStart height={START} timeline={timeline}>
              {start}
            </ListStart>
            <Virtualizer
              key={rows.epoch}
              ref={place.setHandle}
              scrollRef={scroller}
              data={items}
              shift={rows.isShift}
              startMargin={START}
              itemSize={LOWEST}
              bufferSize={Math.max(LEAST_BUFFER, globalThis.innerHeight)}
              keepMounted={kept}
              {...place.moves}
            >
              {(message, index) =>
                elementOf(message, index === 0 ? above : items[index - 1], readTo)
              }
            </Virtualizer>
          </>
        )}
      </div>
      {isMain && (
        <>
          <ReadMarker isAtBottom={place.isAtBottom} timeline={timeline} readLine={readLine} />
          <JumpToFirstNew
            readLine={readLine}
            isHere={readTo !== null && (above === undefined || above.seq <= readTo)}
            onJump={(seq) => {
              place.goToFirstNew()
              return props.jumpTo?.(seq)
            }}
          />
        </>
      )}
      <Announcer timeline={timeline} />
      <JumpToLatest isAtBottom={place.isAtBottom} timeline={timeline} isMain={isMain} />
      <RowOverlays />
    </div>
  )
}
