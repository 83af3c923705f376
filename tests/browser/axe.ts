import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

interface Axe {
  readonly run: (
    of: { readonly include: Document; readonly exclude: readonly string[] },
    options: object,
  ) => Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly help: string
      readonly nodes: readonly { readonly target: readonly unknown[]; readonly html: string }[]
    }[]
  }>
}

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Rows may go and come while axe looks, and have no words then: what is wrong stays wrong. */
const LOOKS = 3

/** What axe finds wrong in what is shown now, a line each. */
export async function violationsOf(page: Page): Promise<string[]> {
  let found: string[] = []
  for (let looks = 0; looks < LOOKS; looks += 1) {
    found = await lookOnce(page)
    if (found.length === 0) break
  }
  return found
}

async function lookOnce(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window)
  if (!isThere) await page.evaluate(source)
  // A virtual list hides its rows until it knows how high they are, which it does of what is shown.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('li[style*="visibility: hidden"]')].every(
      (row) => row.getClientRects().length === 0,
    ),
  )
  return await page.evaluate(async () => {
    // What moves is looked at where it comes to rest.
    const moves = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.all(moves.map((one) => one.finished.catch(() => undefined)))
    const { axe } = window as unknown as { axe: Axe }
    // What react-aria says aloud refers to what it is about, and stays a moment longer than that.
    const of = { include: document, exclude: ['[data-live-announcer]'] }
    // Under a dialog or a menu the rest of the page is hidden, its headings and its main part too.
    const isCovered = document.querySelector('[role="dialog"], [role="alertdialog"]') !== null
    const ofWholePages = ['landmark-one-main', 'page-has-heading-one', 'region']
    const rules = Object.fromEntries(ofWholePages.map((id) => [id, { enabled: !isCovered }]))
    const { violations } = await axe.run(of, { resultTypes: ['violations'], rules })
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, html }) => `${id}: ${help}: ${target.join(' ')} ${html.slice(0, 160)}`),
    )
  })
}
