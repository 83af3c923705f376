/**
 * What others have published with a method. `nodejs-websocket-bench` is AnyCable's public comparison, with
 * 5,000 or 10,000 clients on larger machines: its figures are not of the machine that the others are of.
 */
export const SOURCES = [
  ['nodejs-websocket-bench', 'https://github.com/anycable/nodejs-websocket-bench'],
  ['Centrifugo, idle connections', 'https://centrifugal.dev/blog'],
] as const

export const PUBLISHED = {
  jitterDelivered: 'AnyCable 100 %, Socket.IO 84.55 % (10,000 clients)',
  jitterP99: 'AnyCable 6.1 s; Socket.IO with state recovery in memory, one node: 4.6 s',
  deployDelivered: 'AnyCable 100 % (its gateway stays), Socket.IO 99.63 % (10,000 clients)',
  deployGap: 'Socket.IO p50 1.95 s, p99 2.8 s',
  avalancheMissing: 'Socket.IO 3.8 % (5,000 clients)',
  avalancheP50: 'Socket.IO 5.0 s',
  throughputP50: 'uWebSockets.js 219 ms, AnyCable 360 ms, Socket.IO 741 ms (10,000 readers)',
  throughputP99: 'AnyCable 3.13 s, Socket.IO 3.93 s (10,000 readers)',
  idle: 'uWebSockets.js 5.4 KB, Centrifugo PRO 11 KB, AnyCable Pro 19 KB',
  none: '–',
} as const
