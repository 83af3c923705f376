import { useState } from 'react'
import type { Panel } from './panel.ts'
import { HOME_HREF, navigate, type Route, roomHref } from './route.ts'

/** What lies behind a dialog that has an address of its own. */
export type Place = Extract<Route, { name: 'home' | 'room' }>

export function usePlace(route: Route): Place {
  const [place, setPlace] = useState<Place>({ name: 'home' })
  const isPlace = route.name === 'home' || route.name === 'room'
  if (isPlace && route !== place) setPlace(route)
  return isPlace ? route : place
}

export const hrefOf = (place: Place): string =>
  place.name === 'home' ? HOME_HREF : roomHref(place.roomId)

export interface Panels {
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

const hasMoved = (to: Place, from: Place): boolean =>
  to.name === 'room' && from.name === 'room' && (to.roomId !== from.roomId || to.focusSeq !== null)

/** The thread is in the address; the other panels stay while one goes through the rooms of a wide page. */
export function usePanels(place: Place, isNarrow: boolean): Panels {
  const [chosen, setChosen] = useState<Panel>(null)
  const [shownFor, setShownFor] = useState(place)
  if (shownFor !== place) {
    const isElsewhere = place.name !== shownFor.name || hasMoved(place, shownFor)
    setShownFor(place)
    if (isNarrow && isElsewhere) setChosen(null)
  }
  if (place.name === 'home') return { panel: null, onPanel: setChosen }
  const { roomId, threadSeq } = place
  return {
    panel: threadSeq === null ? chosen : 'thread',
    onPanel: (panel) => {
      if (threadSeq !== null && panel !== 'thread') navigate(roomHref(roomId), { replace: true })
      setChosen(panel === 'thread' ? null : panel)
    },
  }
}
