import { expect, test } from 'vitest'
import { parseMetrics } from './read-metrics.ts'
import { readProcess } from './read-process.ts'
import { parseInfo } from './read-stores.ts'

test('gauges are found among the series of /metrics', () => {
  const text = [
    '# HELP parley_sessions Authenticated sockets.',
    '# TYPE parley_sessions gauge',
    'parley_sessions{instance="g1"} 12',
    'nodejs_heap_size_used_bytes{instance="g1"} 41943040',
    'nodejs_eventloop_lag_p99_seconds{instance="g1"} 0.0125',
    'nodejs_heap_space_size_used_bytes{space="old",instance="g1"} 7',
    'parley_batch_commands_bucket{le="1",instance="g1"} Nan',
  ].join('\n')
  expect(parseMetrics(text)).toEqual({ sessions: 12, heapMiB: 40, loopDelayMs: 12.5 })
})

test('of all keys of Redis those that never end are counted', () => {
  const info = [
    '# Memory',
    'used_memory:2097152',
    '# Clients',
    'connected_clients:29',
    'pubsub_channels:4',
    '# Keyspace',
    'db0:keys=90,expires=30,avg_ttl=12',
    'db1:keys=5,expires=0,avg_ttl=0',
    '',
  ].join('\r\n')
  const known = { keys: 95, lastingKeys: 65, usedMiB: 2, clients: 29, channels: 4 }
  expect(parseInfo(info)).toEqual(known)
})

test.runIf(process.platform === 'linux')('a process has memory and descriptors', () => {
  const { rssMiB = 0, descriptors = 0 } = readProcess(process.pid)
  expect(rssMiB).toBeGreaterThan(10)
  expect(descriptors).toBeGreaterThan(3)
})

test('one that is not there has nothing', () => {
  expect(readProcess(null)).toEqual({})
  expect(readProcess(2 ** 30)).toEqual({})
})
