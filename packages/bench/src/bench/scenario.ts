import type { Subject, SubjectName } from '../subjects/subject.ts'
import type { Figures } from './figures-of.ts'

export const SCENARIOS = [
  'fanout',
  'ceiling',
  'rooms',
  'send',
  'idle',
  'resume',
  'history',
  'scale',
] as const

export type ScenarioName = (typeof SCENARIOS)[number]

/** What a subject was measured to do at one level of load, once. */
export interface Measured {
  readonly level: string
  readonly figures: Figures
  /** Others had a good part of the machine meanwhile. */
  readonly isNoisy: boolean
  readonly whyVoid: readonly string[]
  /** Said beside the figures. */
  readonly notes?: readonly string[]
}

export interface MeasureContext {
  /** How long each level is measured. */
  readonly windowMs: number
  /** At each level, before it is measured. */
  readonly warmMs: number
  /** Of each subject before its first level: for so long what compiles while it runs is let compile. */
  readonly warmUpMs: number
  readonly say: (step: string) => void
  readonly signal: AbortSignal
}

/** Of those that give every subject the same messages to deliver. */
export type LoadName = 'fanout' | 'ceiling' | 'rooms' | 'send'

/** A load that each subject is given. */
export interface Scenario {
  readonly name: LoadName
  readonly title: string
  /** What is done, in a sentence. */
  readonly load: string
  readonly subjects: readonly SubjectName[]
  readonly rounds: number
  /** The level that the scenario is named for: its figures stand for it. */
  readonly mainLevel: string
  readonly measure: (subject: Subject, context: MeasureContext) => Promise<Measured[]>
}
