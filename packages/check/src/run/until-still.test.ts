import { expect, test } from 'vitest'
import { untilStill } from './until-still.ts'

test('it ends when it is done', async () => {
  let looks = 0
  const look = () => ({ isDone: (looks += 1) === 3, picture: 'the same' })
  await untilStill(look, { quietMs: 60_000, everyMs: 1 })
  expect(looks).toBe(3)
})

test('it goes on while something moves, and ends when nothing does', async () => {
  let looks = 0
  const moves = 20
  const look = () => ({ isDone: false, picture: String(Math.min((looks += 1), moves)) })
  await untilStill(look, { quietMs: 40, everyMs: 10 })
  expect(looks).toBeGreaterThan(moves)
})

test('what moves for ever is given up', async () => {
  let looks = 0
  await untilStill(() => ({ isDone: false, picture: String((looks += 1)) }), {
    quietMs: 10,
    everyMs: 5,
  })
  expect(looks).toBeGreaterThan(2)
})
