import type { Files } from '@parley/client'
import type { Attachment } from '@parley/message-schema'

/** Asks for an address that is good now, and gives it to the browser. */
export async function downloadFile(
  files: Files,
  file: Pick<Attachment, 'id' | 'name'>,
): Promise<void> {
  const link = document.createElement('a')
  link.href = await files.link(file.id)
  link.download = file.name
  link.rel = 'noopener'
  document.body.append(link)
  link.click()
  link.remove()
}
