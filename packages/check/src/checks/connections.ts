import type { IndexedHistory, Reader } from './indexed-history.ts'

/** The others ask for what they read. */
export const isPushedTo = ({ via }: Reader): boolean => via !== 'http' && via !== 'sdk-http'

export const endOf = ({ marks, lastMs }: IndexedHistory): number => marks.get('end')?.atMs ?? lastMs

/** A reader that says nothing of its connection is there all the time. */
export function lastConnection(
  { connections }: Reader,
  endMs: number,
): { fromMs: number; untilMs: number } {
  let [fromMs, untilMs] = [-Infinity, endMs]
  for (const { what, atMs } of connections) {
    if (what === 'connected') [fromMs, untilMs] = [atMs, endMs]
    else if (untilMs === endMs) untilMs = atMs
  }
  return { fromMs, untilMs }
}
