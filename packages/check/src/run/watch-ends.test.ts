import type { Cluster } from '@parley/local-cluster'
import { expect, test } from 'vitest'
import { createEndWatch, type ProcessEnd } from './watch-ends.ts'

function watch() {
  const ends = createEndWatch()
  const kill: Cluster['kill'] = async (name) =>
    ends.onNotice(`${name} ended by SIGKILL; starting it again`)
  const cluster = ends.watched({ kill } as Cluster)
  const seen: ProcessEnd[] = []
  return { ends, cluster, seen, follow: () => ends.follow((end) => void seen.push(end)) }
}

test('an end by itself is told, also to whoever begins to follow later', () => {
  const { ends, seen, follow } = watch()
  ends.onNotice('g1 ended with code 1; starting it again')
  follow()
  ends.onNotice('a2 ended by SIGSEGV')
  ends.onNotice('redis ended by SIGKILL')
  expect(seen).toEqual([
    { name: 'g1', how: 'code 1', isExpected: false },
    { name: 'a2', how: 'SIGSEGV', isExpected: false },
  ])
})

test('what a fault kills is expected to end, once', async () => {
  const { ends, cluster, seen, follow } = watch()
  follow()
  await cluster.kill('g1')
  ends.onNotice('g1 ended by SIGKILL; starting it again')
  expect(seen.map(({ isExpected }) => isExpected)).toEqual([true, false])
})

test('what a fault has kill itself is expected to, until it is healed, and not to crash', () => {
  const { ends, seen, follow } = watch()
  follow()
  const spare = ends.mayEnd('a1')
  ends.onNotice('a1 ended by SIGKILL; starting it again')
  ends.onNotice('a1 ended with code 134; starting it again')
  spare()
  ends.onNotice('a1 ended by SIGKILL; starting it again')
  expect(seen.map(({ isExpected }) => isExpected)).toEqual([true, false, false])
})
