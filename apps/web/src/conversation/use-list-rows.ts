import type { Timeline } from '@parley/client'
import { useLayoutEffect, useReducer, useState } from 'react'
import { firstRows, type ListRows, nextRows } from './list-rows.ts'

/** The rows to render now; a change at both ends takes two renders, before anything is painted. */
export function useListRows(timeline: Timeline): ListRows {
  const [kept, setKept] = useState(() => firstRows(timeline))
  const [, again] = useReducer((count: number) => count + 1, 0)
  let rows = kept
  if (rows.timeline !== timeline) {
    rows = nextRows(rows, timeline)
    setKept(rows)
  }
  useLayoutEffect(() => {
    if (!rows.isPartial) return
    setKept(nextRows(rows, rows.timeline))
    again()
  }, [rows])
  return rows
}
