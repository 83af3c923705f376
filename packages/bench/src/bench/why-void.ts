import type { LoadPlan } from '../load/sending.ts'
import type { Window } from './measure-load.ts'

const MOST_GENERATOR_SHARE = 0.95
const MOST_STEAL_SHARE = 0.1
const MOST_FOREIGN_SHARE = 0.15

/** What was measured then is the generator. */
export const isGeneratorTheWall = ({ generatorShare }: Pick<Window, 'generatorShare'>): boolean =>
  generatorShare > MOST_GENERATOR_SHARE

/** Though the generator was the wall, all of a load of a set pace came: what it cost the servers is known. */
const isWhole = ({ result }: Pick<Window, 'result'>, { pace }: LoadPlan): boolean =>
  'perSecond' in pace &&
  result.delivered === result.owed &&
  result.refused + result.unanswered === 0

export const wallOf = ({ generatorShare }: Pick<Window, 'generatorShare'>): string =>
  `the load generator was the wall: ${Math.round(generatorShare * 100)} % of a core`

/** Why a window says nothing of the server that it measured; nothing if it does. */
export function whyVoid(window: Window, plan?: LoadPlan): string[] {
  const { result, deliveries } = window
  const reasons = result.violations.map((violation) => `not what was sent: ${violation}`)
  if (deliveries === 0) reasons.push('nothing was delivered')
  if (result.delivered > result.owed)
    reasons.push(`more was delivered than was owed: ${result.delivered} of ${result.owed}`)
  const isForgiven = plan !== undefined && isWhole(window, plan)
  if (isGeneratorTheWall(window) && !isForgiven) reasons.push(wallOf(window))
  return reasons
}

/** Others had so much of the machine that times mean little. */
export const isNoisy = ({ noise }: Pick<Window, 'noise'>): boolean =>
  noise.stealShare > MOST_STEAL_SHARE || noise.foreignShare > MOST_FOREIGN_SHARE
