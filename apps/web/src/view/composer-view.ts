import { LIMITS } from '@parley/message-schema'
import { element, icon, iconButton } from './element.ts'

export interface ComposerPorts {
  readonly send: (text: string) => void
  readonly saveEdit: (seq: number, text: string) => void
  /** Arrow up in an empty field: the last message of mine. */
  readonly editLast: () => void
}

/** Enter sends, Shift+Enter makes a new line, Escape leaves an edit. Drafts are kept a room. */
export class ComposerView {
  readonly node: HTMLFormElement
  readonly #field: HTMLTextAreaElement
  readonly #editing: HTMLElement
  readonly #drafts = new Map<string, string>()
  readonly #ports: ComposerPorts
  #roomId = ''
  #editSeq: number | null = null

  constructor(ports: ComposerPorts) {
    this.#ports = ports
    this.#field = element('textarea', {
      rows: 1,
      id: 'composer',
      placeholder: 'Write a message',
      maxLength: LIMITS.textCharacters,
      aria: { label: 'Message' },
      enterKeyHint: 'send',
      oninput: () => this.#grow(),
    })
    this.#field.addEventListener('keydown', (event) => this.#key(event))
    this.#editing = element(
      'div',
      { className: 'editing', hidden: true },
      icon('edit'),
      element('span', {}, 'Editing a message'),
      iconButton('close', 'Leave the edit', () => this.#leaveEdit()),
    )
    this.node = element(
      'form',
      { className: 'composer' },
      this.#editing,
      element(
        'div',
        { className: 'composer-row' },
        this.#field,
        element(
          'button',
          { type: 'submit', className: 'send', title: 'Send', aria: { label: 'Send' } },
          icon('send'),
        ),
      ),
    )
    this.node.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit()
    })
  }

  open(roomId: string, title: string): void {
    if (this.#editSeq !== null) this.#leaveEdit()
    if (this.#roomId !== '') this.#drafts.set(this.#roomId, this.#field.value)
    this.#roomId = roomId
    this.#field.value = this.#drafts.get(roomId) ?? ''
    this.#field.placeholder = `Message ${title}`
    this.#grow()
  }

  focus(): void {
    this.#field.focus()
  }

  edit(seq: number, text: string): void {
    if (this.#editSeq === null) this.#drafts.set(this.#roomId, this.#field.value)
    this.#editSeq = seq
    this.#editing.hidden = false
    this.#field.value = text
    this.#grow()
    this.focus()
  }

  #leaveEdit(): void {
    this.#editSeq = null
    this.#editing.hidden = true
    this.#field.value = this.#drafts.get(this.#roomId) ?? ''
    this.#grow()
    this.focus()
  }

  #submit(): void {
    const text = this.#field.value.trim()
    if (text === '') return
    if (this.#editSeq !== null) {
      const seq = this.#editSeq
      this.#leaveEdit()
      return this.#ports.saveEdit(seq, text)
    }
    this.#field.value = ''
    this.#grow()
    this.focus()
    this.#ports.send(text)
  }

  #key(event: KeyboardEvent): void {
    // While an input method composes, Enter chooses a character.
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      this.#submit()
    } else if (event.key === 'Escape' && this.#editSeq !== null) this.#leaveEdit()
    else if (event.key === 'ArrowUp' && this.#field.value === '') {
      event.preventDefault()
      this.#ports.editLast()
    }
  }

  #grow(): void {
    this.#field.style.height = 'auto'
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, 180)}px`
  }
}
