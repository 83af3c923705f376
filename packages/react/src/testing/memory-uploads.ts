import { createStore, type Upload, type WritableStore } from '@parley/client'
import type { Attachment } from '@parley/message-schema'

/** An upload that a test moves, ends or fails. */
export interface MemoryUpload {
  readonly name: string
  readonly progress: WritableStore<number>
  readonly finish: (attachment: Attachment) => void
  readonly fail: (error: unknown) => void
  isCancelled: boolean
}

export function beginUpload(uploads: MemoryUpload[], file: Blob, name?: string): Upload {
  const progress = createStore(0)
  const { promise: done, resolve, reject } = deferred<Attachment>()
  const begun: MemoryUpload = {
    name: name ?? (file instanceof File ? file.name : ''),
    progress,
    finish: resolve,
    fail: reject,
    isCancelled: false,
  }
  uploads.push(begun)
  return { progress, done, cancel: () => void (begun.isCancelled = true) }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((give, refuse) => {
    resolve = give
    reject = refuse
  })
  return { promise, resolve, reject }
}
