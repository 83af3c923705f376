import { showShare } from '../figures/show.ts'
import { TITLES } from '../peers/peer.ts'
import type { Circumstances, Row, ScenarioResult } from './scenario.ts'

/** For the terminal. What is void is not shown as a figure. */
export function textOf({ title, load, rows, circumstances, whyVoid }: ScenarioResult): string {
  const head = `\n${title}\n  ${load}`
  const machine = (['parley', 'socket-io'] as const).map(
    (name) => `  ${TITLES[name]}: ${circumstancesText(circumstances[name])}`,
  )
  if (whyVoid.length > 0)
    return [head, ...machine, ...whyVoid.map((reason) => `  VOID: ${reason}`)].join('\n')
  const table = [['', 'Parley', 'Socket.IO', 'goal'], ...rows.map(cellsOf)]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  )
  const lines = table.map((cells) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd(),
  )
  return [head, ...lines, ...machine].join('\n')
}

const cellsOf = ({ metric, parley, socketIo, goal, isMet }: Row): string[] => [
  metric,
  parley,
  socketIo,
  goal === null ? '' : `${goal}${isMet === true ? ', met' : ', MISSED'}`,
]

/** How busy the machine was, and with whom. */
export function circumstancesText({ generators, noise }: Circumstances): string {
  const { ownShare, foreignShare, stealShare } = noise
  const machine = `all cores ${showShare(ownShare)} by the run, ${showShare(foreignShare)} by others, ${showShare(stealShare)} stolen`
  const each = generators.map(
    ({ name, cpuShare, loopDelayP99Ms }) =>
      `${name} ${showShare(cpuShare)} of a core, ${Math.round(loopDelayP99Ms)} ms late`,
  )
  return [machine, ...each].join('; ')
}
