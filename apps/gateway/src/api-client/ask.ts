import type { Dispatcher } from 'undici'

export interface Answered {
  readonly status: number
  readonly text: string
}

/** One request, its answer in one piece. Without a stream for the body, which costs more than the body. */
export const ask = (
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let status = 0
    dispatcher.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        const [first] = chunks
        const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
        resolve({ status, text: body.toString('utf8') })
      },
      onResponseError(_controller, error) {
        reject(error)
      },
    })
  })
