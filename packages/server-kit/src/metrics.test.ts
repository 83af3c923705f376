import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRegistry } from './metrics.ts'

test('says which version it is, as which instance', async () => {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  expect(await createRegistry('g7').metrics()).toContain(
    `parley_build_info{version="${version}",instance="g7"} 1`,
  )
})
