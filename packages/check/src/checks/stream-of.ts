import type { Delivered, Note, Track } from './indexed-history.ts'

/** What follows by itself: pushed, or the answer to where one stands. */
export const isStream = ({ by }: Delivered): boolean => by === 'live' || by === 'sync'

export type Step =
  | { readonly kind: 'handed'; readonly handed: Delivered }
  | { readonly kind: 'note'; readonly note: Note }

/** What one reader was handed in its stream of a room and told of it, in the order of the lines. */
export function* streamOf({ deliveries, notes }: Track): Generator<Step> {
  let at = 0
  for (const handed of deliveries) {
    if (!isStream(handed)) continue
    for (; (notes[at]?.line ?? Infinity) < handed.line; at += 1) {
      const note = notes[at]
      if (note !== undefined) yield { kind: 'note', note }
    }
    yield { kind: 'handed', handed }
  }
  for (const note of notes.slice(at)) yield { kind: 'note', note }
}
