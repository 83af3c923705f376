import { afterEach, expect, test } from 'vitest'
import { startTracing, toTracingSettings, type Tracing } from './tracing.ts'

const PARENT = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`
const ALL = { ratio: 1 }
const NONE = { ratio: 0 }
const service = { name: 'test', instance: 'test-1' }
const open: Tracing[] = []

async function start(settings: { ratio: number }): Promise<Tracing> {
  const tracing = await startTracing(settings, service)
  if (tracing === undefined) throw new Error('Nothing is traced.')
  open.push(tracing)
  return tracing
}

afterEach(async () => {
  // No span was ended, so nobody is asked to take one.
  await Promise.all(open.splice(0).map((one) => one.stop()))
})

test('without an endpoint nothing is traced, and no SDK is loaded', async () => {
  expect(toTracingSettings({ OTEL_TRACES_SAMPLER_ARG: 1 })).toBeUndefined()
  expect(await startTracing(undefined, service)).toBeUndefined()
})

test('a stranger names the trace, and our share decides whether it is kept', async () => {
  const kept = (await start(ALL)).begin('test', PARENT, { kind: 'SERVER' })
  expect(kept?.traceparent).toMatch(
    new RegExp(`^00-${'ab'.repeat(16)}-(?!cd)[0-9a-f]{16}-01$`, 'u'),
  )
  const asked = PARENT.replace(/00$/u, '01')
  expect((await start(NONE)).begin('test', asked, { kind: 'SERVER' })).toBeUndefined()
})

test('within the cluster the parent decides', async () => {
  const none = await start(NONE)
  const sampled = PARENT.replace(/00$/u, '01')
  expect(none.start('test', [sampled], { kind: 'INTERNAL' })?.traceparent).toMatch(/-01$/u)
  expect(none.start('test', [PARENT], { kind: 'INTERNAL' })).toBeUndefined()
  expect(none.start('test', [], { kind: 'INTERNAL' })).toBeUndefined()
})

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`, `${PARENT}-more`])(
  'what is no trace context is none: %s',
  async (text) => {
    const tracing = await start(ALL)
    expect(tracing.start('test', [text], { kind: 'INTERNAL' })).toBeUndefined()
    const begun = tracing.begin('test', text, { kind: 'SERVER' })
    expect(begun?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/u)
    expect(begun?.traceparent).not.toContain('cd'.repeat(8))
  },
)
