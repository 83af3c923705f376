import { LaunchError } from '@parley/local-cluster'
import { barChart } from '../../plot/bar-chart.ts'
import { noiseText } from '../report-text.ts'
import type { StoredResult } from './stored-results.ts'

const PLACE = /(<!-- bench results -->\n)[\s\S]*?(<!-- end of bench results -->)/u

/** The page with these results in their place. */
export function putResults(page: string, results: readonly StoredResult[]): string {
  if (!PLACE.test(page)) throw new LaunchError('The page has no place for results.')
  const text =
    results.length === 0 ? '' : ['', '## Results', '', ...results.flatMap(sectionOf), ''].join('\n')
  return page.replace(PLACE, (_, begin: string, end: string) => `${begin}${text}${end}`)
}

/** By the name of the file. */
export const plotsOf = (results: readonly StoredResult[]): [file: string, svg: string][] =>
  results.flatMap(({ plots }) =>
    plots.map(({ file, chart }): [string, string] => {
      const bars = chart.bars.map((bar) => ({ ...bar, value: bar.value ?? Number.NaN }))
      return [file, barChart({ ...chart, bars })]
    }),
  )

function sectionOf(result: StoredResult): string[] {
  const { title, load, tables, plots, noise, measured } = result
  const { machine, at, commit, command } = measured
  return [
    `### ${title}`,
    '',
    load,
    '',
    ...tables.flatMap(tableOf),
    ...plots.flatMap(({ file, alt }) => [`![${alt}](images/${file})`, '']),
    `\`${command}\`, on ${at} at commit \`${commit}\`, on ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}; ${noiseText(noise)}.`,
    '',
  ]
}

function tableOf({ title, head, rows, notes }: StoredResult['tables'][number]): string[] {
  return [
    ...(title === '' ? [] : [`**${title}**`, '']),
    lineOf(head),
    `|${'---|'.repeat(head.length)}`,
    ...rows.map(lineOf),
    '',
    ...(notes.length === 0
      ? []
      : [...notes.map((note) => `- ${note.replace(/^\* /u, '\\* ')}`), '']),
  ]
}

const lineOf = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
