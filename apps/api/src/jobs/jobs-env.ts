import { z } from 'zod'

/** Workers write these keys; the API shows operators what is in them. */
export const jobsPrefix = z
  .string()
  .regex(/^[\w:.-]{1,80}$/u, 'must be 1-80 letters, digits or any of _:.-')
  .default('parley:jobs')
  .describe('Of the keys of jobs in Redis. Clusters that share a Redis need one each.')
