import type { MenuEntries } from '../ui/menu.tsx'

/** A line is between two groups only. */
export function withoutLooseDividers(entries: MenuEntries): MenuEntries {
  const isEntry = (at: number): boolean => typeof entries[at] === 'object'
  const hasBefore = (at: number): boolean =>
    entries.slice(0, at).some((one) => typeof one === 'object')
  return entries.filter((_, at) => isEntry(at) || (hasBefore(at) && isEntry(at + 1)))
}
