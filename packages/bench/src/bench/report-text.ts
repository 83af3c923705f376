import { alignColumns } from './align-columns.ts'
import type { Report, Table } from './report.ts'

/** For people: a table a level. */
export function textOf({ title, load, tables, noise, whyVoid }: Report): string {
  const parts = [`${title}\n${load}`, ...tables.map(tableText)]
  if (noise.noisyRounds > 0) parts.push(`${noiseText(noise)}.`)
  if (whyVoid.length > 0) parts.push(`Void:\n${whyVoid.map((why) => `  ${why}`).join('\n')}`)
  return parts.join('\n\n')
}

const tableText = ({ title, head, rows, notes }: Table): string =>
  [
    ...(title === '' ? [] : [title]),
    alignColumns([head, ...rows]),
    ...notes.map((note) => `  ${note}`),
  ].join('\n')

/** How far the figures can be trusted. */
export const noiseText = ({ rounds, noisyRounds }: Report['noise']): string =>
  noisyRounds === 0
    ? 'others left the machine alone'
    : `Noisy: others had a good part of the machine in ${noisyRounds} of ${rounds} measurements`
