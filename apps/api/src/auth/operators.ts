import type { ApiConfig } from '../config.ts'

export interface Operators {
  readonly has: (userId: string) => boolean
}

/** Named in the environment, and nowhere else: nothing that can be asked of the API makes one. */
export const createOperators = ({ operators }: Pick<ApiConfig, 'operators'>): Operators =>
  new Set(operators)
