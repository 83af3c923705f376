import { eventually, type TestCluster, type TestUser } from '@parley/testkit'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { messageRow } from './people.ts'
import { recordingOf, scrollToStart } from './row-recorder.ts'

/** What the server has stored of a room, by place in its log. */
export async function storedTexts(
  cluster: TestCluster,
  user: TestUser,
  roomId: string,
): Promise<Record<number, string>> {
  const path = `/v1/rooms/${roomId}/messages?limit=200`
  const answer = (await cluster.rest('GET', path, { user })) as {
    data: { seq: number; text: string | null }[]
  }
  return Object.fromEntries(answer.data.map(({ seq, text }) => [seq, text ?? '']))
}

/**
 * Each text is stored once, and each page has shown exactly what is stored, at its place, without a
 * moment in which one was there twice or, in a tab that is in front, a row jumped.
 */
export async function expectAllShown(
  cluster: TestCluster,
  observer: TestUser,
  roomId: string,
  said: readonly string[],
  pages: readonly Page[],
  { isBehind = false } = {},
): Promise<void> {
  const stored = await eventually(
    async () => {
      const texts = await storedTexts(cluster, observer, roomId)
      expect(Object.values(texts).toSorted()).toEqual(said.toSorted())
      return texts
    },
    { timeoutMs: 60_000, everyMs: 200 },
  )
  const last = Object.values(stored).at(-1) ?? ''
  for (const page of pages) {
    // A tab behind another one draws a frame a second.
    await page.bringToFront()
    await messageRow(page, last).waitFor({ timeout: 30_000 })
    await page.locator('.conv-message[data-state="pending"]').first().waitFor({ state: 'detached' })
    const { faults, jumps } = await recordingOf(page)
    // Behind another tab a frame comes once a second, in whatever state the page is then.
    expect({ faults, jumps: isBehind ? [] : jumps }).toEqual({ faults: [], jumps: [] })
    await scrollToStart(page)
    const { shown } = await recordingOf(page)
    expect(shown).toEqual(stored)
  }
}
