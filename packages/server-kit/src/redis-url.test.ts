import { expect, test } from 'vitest'
import { parseRedisUrl, redisUrl } from './redis-url.ts'

test('one server is handed on as it is written', () => {
  for (const url of ['redis://localhost', 'rediss://a:b%40c@redis.example:6380/2'])
    expect(parseRedisUrl(url)).toEqual({ kind: 'single', url })
})

test('the master that Sentinel names', () => {
  expect(parseRedisUrl('redis+sentinel://:se%40cret@s1:26380,s2,[::1]:26381/parley')).toEqual({
    kind: 'sentinel',
    sentinels: [
      { host: 's1', port: 26_380 },
      { host: 's2', port: 26_379 },
      { host: '::1', port: 26_381 },
    ],
    name: 'parley',
    db: 0,
    username: undefined,
    password: 'se@cret',
    sentinelPassword: undefined,
    tls: false,
  })
  const full = parseRedisUrl('rediss+sentinel://app:pass@s1/my%20master/3?sentinelPassword=other')
  expect(full).toMatchObject({
    name: 'my master',
    db: 3,
    username: 'app',
    password: 'pass',
    sentinelPassword: 'other',
    tls: true,
  })
})

test('some nodes of a Cluster', () => {
  expect(parseRedisUrl('rediss+cluster://app:pass@n1:7000,n2')).toEqual({
    kind: 'cluster',
    nodes: [
      { host: 'n1', port: 7_000 },
      { host: 'n2', port: 6_379 },
    ],
    username: 'app',
    password: 'pass',
    tls: true,
  })
})

test.each([
  ['http://redis', /must be redis:/u],
  ['redis+proxy://h', /must be redis:/u],
  ['redis+sentinel://s1:26379', /name of the master/u],
  ['redis+sentinel://s1:26379/', /name of the master/u],
  ['redis+sentinel://s1/parley/x', /name of the master/u],
  ['redis+sentinel://s1/parley/0/1', /name of the master/u],
  ['redis+sentinel://s1,,s2/parley', /names '' where/u],
  ['redis+sentinel://s1:0/parley', /names 's1:0' where/u],
  ['redis+sentinel://s1/parley?tls=1', /option 'tls'/u],
  ['redis+sentinel://:100%@s1/parley', /begins no escape/u],
  ['redis+cluster://', /names '' where/u],
  ['redis+cluster://n1:70000', /names 'n1:70000' where/u],
  ['redis+cluster://n1/1', /only the one/u],
  ['redis+cluster://n1?role=slave', /option 'role'/u],
])('%s is refused', (url, problem) => {
  expect(() => parseRedisUrl(url)).toThrow(problem)
})

test('what is wrong is said without the password', () => {
  for (const url of [
    'redis+cluster://:hunter2@n1/1',
    'redis+sentinel://:hunter2@s1',
    'x:hunter2',
  ]) {
    const { error } = redisUrl.safeParse(url)
    expect(error?.issues).toHaveLength(1)
    expect(error?.message).not.toContain('hunter2')
  }
})
