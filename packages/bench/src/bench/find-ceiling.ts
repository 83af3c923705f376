import type { Measured } from './scenario.ts'

export interface Search {
  readonly startPerSecond: number
  /** Each step is so many times the one before, until one fails. */
  readonly factor: number
  readonly mostSteps: number
  /** How often the place between the last that held and the first that did not is halved. */
  readonly halvings: number
}

export interface Ceiling {
  /** The highest rate that held, if any did. */
  readonly held: Measured | undefined
  /** Why the next one did not. */
  readonly broke: string
}

/** Raises the rate until `whyBroken` says something, and goes half of the way back. */
export async function findCeiling(
  { startPerSecond, factor, mostSteps, halvings }: Search,
  measure: (perSecond: number) => Promise<Measured>,
  whyBroken: (measured: Measured, perSecond: number) => string | undefined,
): Promise<Ceiling> {
  const found: { held?: Step; broken?: Step & { readonly why: string } } = {}
  const attempt = async (perSecond: number): Promise<void> => {
    const measured = await measure(perSecond)
    const why = whyBroken(measured, perSecond)
    if (why === undefined) found.held = { measured, perSecond }
    else found.broken = { measured, perSecond, why }
  }
  let perSecond = startPerSecond
  for (let step = 0; step < mostSteps && found.broken === undefined; step += 1) {
    await attempt(Math.round(perSecond))
    perSecond *= factor
  }
  for (let step = 0; step < halvings; step += 1) {
    const { held, broken } = found
    if (held === undefined || broken === undefined) break
    await attempt(Math.round((held.perSecond + broken.perSecond) / 2))
  }
  return { held: found.held?.measured, broke: found.broken?.why ?? 'nothing broke it' }
}

interface Step {
  readonly measured: Measured
  readonly perSecond: number
}
