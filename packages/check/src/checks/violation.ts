/** C1-C8 of the protocol, I1-I15 of what follows from them for clients, users and processes. */
export const CHECKS = [
  'C1',
  'C2',
  'C3',
  'C4',
  'C5',
  'C6',
  'C7',
  'C8',
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
  'I13',
  'I14',
  'I15',
] as const
export type CheckId = (typeof CHECKS)[number]

/** Something that the contract does not allow, and where in the history it shows. */
export interface Violation {
  readonly check: CheckId
  /** A sentence that names who, where and what: `reader ws-3 was handed 5 after 7 of room …`. */
  readonly says: string
  readonly roomId?: string | undefined
  /** Lines of the history, counted from 1, that show it together: the fewest. */
  readonly lines: readonly number[]
}
