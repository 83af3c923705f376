import { useEffect, useLayoutEffect, useState } from 'react'
import { ListPlace, type ListPlacePorts } from './list-place.ts'

export interface UsedListPlace {
  readonly place: ListPlace
  /** Nothing is seen before the first place was found. */
  readonly isPlaced: boolean
}

export function useListPlace(ports: ListPlacePorts): UsedListPlace {
  const [place] = useState(() => new ListPlace(ports))
  const [isPlaced, setIsPlaced] = useState(false)
  const { rows } = ports
  useLayoutEffect(() => place.setPorts(ports))
  useLayoutEffect(() => place.rowsChanged(), [place, rows])
  useEffect(() => place.look(), [place, rows])
  const hasRows = rows.items.length > 0
  useEffect(() => {
    if (!hasRows) return
    // The rows are measured, and the place taken, within a frame or two. A hidden page has no frames.
    const timer = setTimeout(() => setIsPlaced(true), 60)
    return () => clearTimeout(timer)
  }, [hasRows])
  return { place, isPlaced }
}
