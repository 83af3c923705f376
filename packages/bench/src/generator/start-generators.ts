import type { Person, ReaderKind } from './readers/reader.ts'
import { startGenerator, type RemoteGenerator } from './start-generator.ts'

/** Each holds fewer than the one before it: equal counts are then no accident. */
const SHRINK = 0.85
const CLOCK_TRIES = 5

export interface Generators extends AsyncDisposable {
  readonly all: readonly RemoteGenerator[]
  readonly stop: () => Promise<void>
}

export function startGenerators(count: number): Generators {
  const all = Array.from({ length: count }, (_, at) => startGenerator(`generator ${at + 1}`))
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((one) => one.stop()))
  }
  return { all, stop, [Symbol.asyncDispose]: stop }
}

/** Connects everybody, and resolves when all are live. Their numbers are those of the people. */
export async function openReaders(
  { all }: Generators,
  options: {
    readonly kind: ReaderKind
    readonly url: string
    readonly people: readonly Person[]
    readonly firstNumber?: number
  },
): Promise<void> {
  const { kind, url, people, firstNumber = 0 } = options
  let from = 0
  const opening = shares(people.length, all.length).map(async (size, at) => {
    const some = people.slice(from, from + size)
    const numbers = firstNumber + from
    from += size
    await all[at]?.ask('open', { kind, url, people: some, firstNumber: numbers })
  })
  await Promise.all(opening)
}

/** How many readers each of so many processes holds; together they hold all. */
export function shares(total: number, count: number): number[] {
  const weights = Array.from({ length: count }, (_, at) => SHRINK ** at)
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const sizes = weights.map((weight) => Math.floor((total * weight) / all))
  const rest = total - sizes.reduce((sum, size) => sum + size, 0)
  return sizes.map((size, at) => size + (at === 0 ? rest : 0))
}

/** The worst of them, each at its best try: what is left is no delay of the asking. */
export async function worstClockOffsetMs({ all }: Generators): Promise<number> {
  const offsets = all.map(async (one) => {
    let best = Number.POSITIVE_INFINITY
    for (let tries = 0; tries < CLOCK_TRIES; tries += 1)
      best = Math.min(best, await one.clockOffsetMs())
    return best
  })
  return Math.max(...(await Promise.all(offsets)))
}
