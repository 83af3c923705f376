import type { BarChart } from '../plot/bar-chart.ts'
import type { SubjectName } from '../subjects/subject.ts'
import type { ScenarioName } from './scenario.ts'

export interface Table {
  /** Empty if there is only one. */
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Said below it. */
  readonly notes: readonly string[]
}

/** A plot as what it shows, so that it can be drawn again. */
export interface Plot {
  /** Below docs/images. */
  readonly file: string
  readonly alt: string
  readonly chart: BarChart
}

/** What came of a scenario: for people, for programs and for the page. */
export interface Report {
  readonly scenario: ScenarioName
  readonly title: string
  /** What was done, in a sentence or two, with its scale. */
  readonly load: string
  readonly tables: readonly Table[]
  readonly plots: readonly Plot[]
  readonly subjects: readonly ({ readonly name: SubjectName } & object)[]
  /** Stretches that were measured, and those in which others had a good part of the machine. */
  readonly noise: { readonly rounds: number; readonly noisyRounds: number }
  readonly whyVoid: readonly string[]
  /** More of it, for programs. */
  readonly more?: object
}
