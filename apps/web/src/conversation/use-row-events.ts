import type { TimelineMessage } from '@parley/client'
import { type KeyboardEvent, type PointerEvent, type SyntheticEvent, useMemo, useRef } from 'react'
import { navigate, threadHref } from '../app/route.ts'
import { type Permission, type Scope, useScope } from './conversation-scope.tsx'

/** What the events of all rows are told to, at the list: rows have no handlers of their own. */
export interface RowEvents {
  readonly onPointerOver: (event: PointerEvent) => void
  readonly onPointerLeave: () => void
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerUp: () => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerCancel: () => void
  readonly onContextMenu: (event: SyntheticEvent) => void
  readonly onFocus: (event: SyntheticEvent) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

export interface RowEventPorts {
  readonly find: (element: Element) => TimelineMessage | undefined
  /** Moves the focus by so many rows. */
  readonly move: (from: TimelineMessage, by: number) => void
}

const LONG_PRESS_MS = 450
const MOVED = 10

const rowOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('.conv-message') : null

const STEPS: Record<string, number> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
}

function doByKey(scope: Scope, key: string, message: TimelineMessage, anchor: Element): boolean {
  const { overlay, room, target, roomId, threadId } = scope
  const { info } = room
  const may = (permission: Permission): boolean =>
    info.current?.archived === false && (info.current.me?.permissions.includes(permission) ?? false)
  if (message.state.name !== 'stored') return false
  const isThere = message.deletedAt === undefined
  if (key === 'Enter') overlay.set({ name: 'menu', message, anchor })
  else if (!isThere || !may('message:send')) return false
  else if (key === 'r') target.set({ name: 'reply', message })
  else if (key === 'e' && message.isMine && message.text !== null && may('message:edit-own')) {
    target.set({ name: 'edit', message })
  } else if (key === 't' && threadId === undefined) navigate(threadHref(roomId, message.seq))
  else if (key === '+' && may('message:react')) overlay.set({ name: 'react', message, anchor })
  else return false
  return true
}

export function useRowEvents(ports: RowEventPorts): RowEvents {
  const scope = useScope()
  const latest = useRef(ports)
  latest.current = ports
  return useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let pressed = { x: 0, y: 0 }
    const stop = (): void => clearTimeout(timer)
    const openMenu = (row: Element): void => {
      const message = latest.current.find(row)
      if (message?.state.name !== 'stored') return
      scope.overlay.set({ name: 'menu', message, anchor: row.querySelector('.conv-body') ?? row })
    }
    return {
      onPointerOver(event) {
        if (event.pointerType === 'touch') return
        scope.hovered.set(rowOf(event.target)?.dataset['key'] ?? null)
      },
      onPointerLeave() {
        stop()
        scope.hovered.set(null)
      },
      onPointerDown(event) {
        stop()
        const row = rowOf(event.target)
        if (event.pointerType !== 'touch' || row === null) return
        pressed = { x: event.clientX, y: event.clientY }
        timer = setTimeout(() => openMenu(row), LONG_PRESS_MS)
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      onPointerMove(event) {
        if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > MOVED) stop()
      },
      onContextMenu(event) {
        // A mouse has the toolbar, and keeps the menu of the browser for words, links and pictures.
        const native = event.nativeEvent
        if (native instanceof PointerEvent && native.pointerType === 'touch') event.preventDefault()
      },
      onFocus(event) {
        const row = rowOf(event.target)
        const message = row === null ? undefined : latest.current.find(row)
        if (message !== undefined) scope.active.set(message)
      },
      onKeyDown(event) {
        const row = rowOf(event.target)
        if (row === null) return
        const isRow = row === event.target
        if (event.key === 'Escape') {
          if (isRow) scope.field.current?.focus()
          else row.focus()
          event.preventDefault()
          event.stopPropagation()
          return
        }
        if (!isRow || event.ctrlKey || event.metaKey || event.altKey) return
        const message = latest.current.find(row)
        if (message === undefined) return
        const by = STEPS[event.key]
        if (by !== undefined) latest.current.move(message, by)
        else if (!doByKey(scope, event.key, message, row)) return
        event.preventDefault()
      },
    }
  }, [scope])
}
