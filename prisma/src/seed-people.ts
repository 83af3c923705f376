/** The people of the demo by username, and what they are called. */
export const SEED_PEOPLE = {
  alice: 'Alice',
  bob: 'Bob',
  carol: 'Carol',
  dan: 'Dan',
  xiaoyu: '小雨',
  aqiang: '阿强',
  meilin: '美琳',
  xiaoming: '小明',
} as const

export type PersonName = keyof typeof SEED_PEOPLE

/** Everybody's, because a demo has nothing to hide. */
export const SEED_PASSWORD = 'parley-demo'
