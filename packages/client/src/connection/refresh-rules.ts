import { end, type Rule, stay } from './coming-back.ts'
import type { LinkState, Machine, Step } from './machine-state.ts'
import { REFRESH_AGAIN_MS, refreshDelayMs } from './retry-policy.ts'

/** Of the link that comes next it is noted: it is refreshed once that is the only one. */
export const expiring: Rule<'tokenExpiring'> = (machine, { link: id, leftMs }, input) => {
  const { link, next } = machine
  if (next?.id === id) {
    return stay(next.isReady ? { ...machine, next: { ...next, isExpiring: true } } : machine)
  }
  if (link?.id !== id) return stay(machine)
  const since = link.refreshedAt === null ? null : input.now - link.refreshedAt
  const delayMs = refreshDelayMs(leftMs, since, input.random)
  return delayMs === 0
    ? askOver(machine, link)
    : stay({ ...machine, refreshAt: input.now + delayMs })
}

const askOver = (machine: Machine, { id, token }: LinkState): Step => ({
  machine: { ...machine, refreshAt: null },
  effects: [{ type: 'refreshToken', link: id, stale: token }],
})

export const refresh: Rule<'refreshDue'> = (machine) =>
  machine.link === null ? stay(machine) : askOver(machine, machine.link)

export const refreshed: Rule<'tokenRefreshed'> = (machine, { link: id, token }, { now }) =>
  machine.link?.id === id
    ? stay({ ...machine, link: { ...machine.link, token, refreshedAt: now } })
    : stay(machine)

/** Until the session ends with the token; then it comes back with another one. */
export const notRefreshed: Rule<'refreshFailed'> = (
  machine,
  { link: id, error, isFinal },
  input,
) => {
  if (machine.link?.id !== id) return stay(machine)
  if (isFinal) return end(machine, error)
  const delayMs = Math.round(REFRESH_AGAIN_MS * (0.5 + input.random() / 2))
  return stay({ ...machine, refreshAt: input.now + delayMs })
}
