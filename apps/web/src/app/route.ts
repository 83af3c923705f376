import { useSyncExternalStore } from 'react'

const SETTINGS_TABS = [
  'profile',
  'notifications',
  'privacy',
  'sessions',
  'appearance',
  'keyboard',
  'about',
] as const
export type SettingsTab = (typeof SETTINGS_TABS)[number]

const ADMIN_PAGES = [
  'cluster',
  'rooms',
  'work',
  'webhooks',
  'moderation',
  'audit',
  'unread',
] as const
export type AdminPage = (typeof ADMIN_PAGES)[number]

export type Route =
  | { readonly name: 'home' }
  | {
      readonly name: 'room'
      readonly roomId: string
      /** The message to go to. */
      readonly focusSeq: number | null
      /** The thread that is open, by its first message. */
      readonly threadSeq: number | null
    }
  | { readonly name: 'invite'; readonly code: string }
  | { readonly name: 'settings'; readonly tab: SettingsTab }
  | { readonly name: 'admin'; readonly page: AdminPage }

const HOME: Route = { name: 'home' }

function seqOf(text: string | undefined): number | null {
  const seq = Number(text)
  return text !== undefined && Number.isSafeInteger(seq) && seq > 0 ? seq : null
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Whatever is not an address of ours is `home`. */
export function parseRoute(hash: string): Route {
  const parts = hash
    .replace(/^#?\/?/u, '')
    .split('/')
    .map(decode)
  const [first, second = '', third, fourth, fifth, sixth] = parts
  if (first === 'invite' && second !== '') return { name: 'invite', code: second }
  if (first === 'settings') {
    return { name: 'settings', tab: SETTINGS_TABS.find((tab) => tab === second) ?? 'profile' }
  }
  if (first === 'admin') {
    return { name: 'admin', page: ADMIN_PAGES.find((page) => page === second) ?? 'cluster' }
  }
  if (first !== 'rooms' || second === '') return HOME
  const seq = seqOf(fourth)
  const isThread = third === 'threads' && seq !== null
  return {
    name: 'room',
    roomId: second,
    focusSeq: third === 'messages' ? seq : isThread && fifth === 'messages' ? seqOf(sixth) : null,
    threadSeq: isThread ? seq : null,
  }
}

export const roomHref = (roomId: string): string => `#/rooms/${encodeURIComponent(roomId)}`
export const messageHref = (roomId: string, seq: number): string =>
  `${roomHref(roomId)}/messages/${seq}`
export const threadHref = (roomId: string, rootSeq: number): string =>
  `${roomHref(roomId)}/threads/${rootSeq}`
/** A message of the room, beside a thread that stays open. */
export const besideThreadHref = (roomId: string, rootSeq: number, seq: number): string =>
  `${threadHref(roomId, rootSeq)}/messages/${seq}`
export const inviteHref = (code: string): string => `#/invite/${encodeURIComponent(code)}`
export const settingsHref = (tab: SettingsTab): string => `#/settings/${tab}`
export const adminHref = (page: AdminPage): string => `#/admin/${page}`
export const HOME_HREF = '#/'

/** Opens an address of this page. `replace` leaves no step for the back button. */
export function navigate(href: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace === true) {
    history.replaceState(null, '', href)
    window.dispatchEvent(new HashChangeEvent('hashchange'))
  } else {
    location.hash = href
  }
}

let parsed: { readonly hash: string; readonly route: Route } = { hash: '', route: HOME }

function currentRoute(): Route {
  if (parsed.hash !== location.hash) {
    parsed = { hash: location.hash, route: parseRoute(location.hash) }
  }
  return parsed.route
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, currentRoute)
