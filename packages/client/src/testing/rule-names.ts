import { STATES } from '../connection/machine-state.ts'
import { TRANSITIONS } from '../connection/transition-table.ts'

/** The table of the code by names, as SPEC.md has it: by state, then by event. */
export const RULE_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> =
  Object.fromEntries(
    STATES.map((state, column) => [
      state,
      Object.fromEntries(
        Object.entries(TRANSITIONS).map(([event, row]) => [event, row[column]?.name ?? '']),
      ),
    ]),
  )
