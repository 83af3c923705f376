import { LIMITS } from '@parley/message-schema'
import { z } from 'zod'

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback)

/** Where bytes are kept: read by the API and by workers, which must reach the same place. */
export const storageEnv = {
  FILE_STORAGE_DIR: z
    .string()
    .optional()
    .describe('Folder of uploaded files, the same for all APIs and workers. Not with S3_BUCKET.'),
  S3_BUCKET: z
    .string()
    .optional()
    .describe('Bucket of uploaded files; credentials come as the AWS SDK finds them.'),
  S3_ENDPOINT: z.url().optional().describe('Address of an S3 that is not Amazon’s.'),
  S3_REGION: z.string().default('us-east-1').describe('Region of the bucket.'),
  S3_FORCE_PATH_STYLE: z
    .stringbool()
    .default(false)
    .describe('Puts the bucket into the path, as MinIO and others want it.'),
  S3_PREFIX: z.string().default('').describe('Before every key in the bucket.'),
} as const

export const fileEnv = {
  ...storageEnv,
  FILE_MAX_BYTES: count(LIMITS.fileBytes)
    .refine((bytes) => bytes <= LIMITS.fileBytes, `must be at most ${LIMITS.fileBytes}`)
    .describe('Size of one file.'),
  FILE_BYTES_PER_DAY: count(2 * 1024 ** 3).describe('What one user may upload in a day (UTC).'),
  FILE_PENDING_PER_USER: count(100).describe('Files of one user that are in no message yet.'),
  FILE_ORPHAN_HOURS: count(24).describe('After so long a file that is in no message is removed.'),
} as const

export interface StorageSettings {
  readonly dir: string | undefined
  readonly s3:
    | {
        readonly bucket: string
        readonly endpoint: string | undefined
        readonly region: string
        readonly forcePathStyle: boolean
        readonly prefix: string
      }
    | undefined
}

export interface FileSettings {
  readonly storage: StorageSettings
  readonly maxBytes: number
  readonly bytesPerDay: number
  readonly pendingPerUser: number
  readonly orphanMs: number
}

export function toStorageSettings(env: z.output<z.ZodObject<typeof storageEnv>>): StorageSettings {
  const { S3_BUCKET: bucket } = env
  if (bucket === undefined) return { dir: env.FILE_STORAGE_DIR, s3: undefined }
  return {
    dir: undefined,
    s3: {
      bucket,
      endpoint: env.S3_ENDPOINT,
      region: env.S3_REGION,
      forcePathStyle: env.S3_FORCE_PATH_STYLE,
      prefix: env.S3_PREFIX,
    },
  }
}

export const toFileSettings = (env: z.output<z.ZodObject<typeof fileEnv>>): FileSettings => ({
  storage: toStorageSettings(env),
  maxBytes: env.FILE_MAX_BYTES,
  bytesPerDay: env.FILE_BYTES_PER_DAY,
  pendingPerUser: env.FILE_PENDING_PER_USER,
  orphanMs: env.FILE_ORPHAN_HOURS * 3_600_000,
})
