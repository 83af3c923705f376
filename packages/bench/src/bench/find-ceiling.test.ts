import { expect, test } from 'vitest'
import type { Figures } from './figures-of.ts'
import { findCeiling } from './find-ceiling.ts'
import type { Measured } from './scenario.ts'

const SEARCH = { startPerSecond: 100, factor: 2, mostSteps: 5, halvings: 2 }

const at = (perSecond: number): Measured => ({
  level: `${perSecond}/s`,
  figures: { messagesPerSecond: perSecond } as Figures,
  isNoisy: false,
  whyVoid: [],
})

/** Of a server that holds so much. */
async function search(holds: number) {
  const tried: number[] = []
  const { held, broke } = await findCeiling(
    SEARCH,
    async (perSecond) => {
      tried.push(perSecond)
      return at(perSecond)
    },
    (_, perSecond) => (perSecond > holds ? 'too slow' : undefined),
  )
  return { tried, held: held?.figures.messagesPerSecond, broke }
}

test('it goes up until it breaks, then halves the way back', async () => {
  expect(await search(520)).toEqual({
    tried: [100, 200, 400, 800, 600, 500],
    held: 500,
    broke: 'too slow',
  })
})

test('what never breaks is held at the last step', async () => {
  const { held, broke, tried } = await search(Infinity)
  expect(tried).toEqual([100, 200, 400, 800, 1_600])
  expect({ held, broke }).toEqual({ held: 1_600, broke: 'nothing broke it' })
})

test('what does not even hold the first step holds nothing', async () => {
  expect(await search(50)).toEqual({ tried: [100], held: undefined, broke: 'too slow' })
})
