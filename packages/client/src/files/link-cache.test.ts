import type { FileLink } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { createLinkCache } from './link-cache.ts'

test('what cannot be had, or is no link, is asked for again', async () => {
  const answers: unknown[] = [
    new Error('away'),
    null,
    { url: '/f', expiresAt: '2026-01-01T00:05:00Z' },
  ]
  const links = createLinkCache({
    async ask() {
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return answer as FileLink
    },
    now: () => Date.parse('2026-01-01T00:00:00Z'),
  })
  await expect(links.get('a', false)).rejects.toThrow('away')
  await expect(links.get('a', false)).rejects.toThrow(TypeError)
  expect(await links.get('a', false)).toBe('/f')
  expect(await links.get('a', false)).toBe('/f')
  expect(answers).toEqual([])
})
