import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { StorageSettings } from './file-env.ts'
import { MissingBytesError, type FileStorage } from './file-storage.ts'

/** So much of a file is in memory at most, times two: one part travels while the next one fills. */
const PART_BYTES = 8 * 1024 * 1024
const PARTS_AT_ONCE = 2
const CONNECT_MS = 5_000
const IDLE_MS = 60_000

const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound')

/** A bucket of S3, or of what speaks like it. */
export function createS3Storage(settings: NonNullable<StorageSettings['s3']>): FileStorage {
  const { bucket, endpoint, region, forcePathStyle, prefix } = settings
  const client = new S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    // Checksums that only Amazon understands are left out where they are not asked for.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
  })
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + key })

  return {
    async write(key, source) {
      const upload = new Upload({
        client,
        params: {
          ...at(key),
          Body: Readable.from(source, { objectMode: false }),
          // Whatever it is: if somebody opens the bucket to the world, nothing in it runs.
          ContentType: 'application/octet-stream',
        },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
        leavePartsOnError: false,
      })
      await upload.done()
    },

    async open(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ ...at(key), ...(Range !== undefined && { Range }) }),
        )
        if (Body instanceof Readable) return Body
      } catch (cause) {
        if (!isMissing(cause)) throw cause
      }
      throw new MissingBytesError('There are no such bytes.')
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(at(key)))
    },

    async removeUnfinished(key) {
      const { Key } = at(key)
      const { Uploads = [] } = await client.send(
        new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: Key }),
      )
      for (const { UploadId, Key: found } of Uploads) {
        if (found !== Key) continue
        await client.send(new AbortMultipartUploadCommand({ ...at(key), UploadId }))
      }
      await client.send(new DeleteObjectCommand(at(key)))
    },

    close() {
      client.destroy()
    },
  }
}
