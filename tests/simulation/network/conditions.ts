/** How bad things are now. Chances are between 0 and 1. */
export interface Conditions {
  /** Longest way of a packet between a client and a gateway. */
  linkMs: number
  /** Longest way of a question or an answer inside the cluster. */
  innerMs: number
  news: { lost: number; doubled: number; delayMs: number }
  isRedisAway: boolean
  /** Of what is asked of an API replica. */
  api: { requestLost: number; answerLost: number; late: number }
  /** Of a transaction: refused, lost against another, its commit done or not done and nobody told. */
  database: { busy: number; deadlock: number; unknownDone: number; unknownUndone: number }
}

export const goodConditions = (): Conditions => ({
  linkMs: 20,
  innerMs: 3,
  news: { lost: 0, doubled: 0, delayMs: 5 },
  isRedisAway: false,
  api: { requestLost: 0, answerLost: 0, late: 0 },
  database: { busy: 0, deadlock: 0, unknownDone: 0, unknownUndone: 0 },
})
