import { element } from './element.ts'

/** Asks before what cannot be undone. Escape and the first button say no. */
export function confirmDialog(title: string, text: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = element(
      'dialog',
      { className: 'dialog is-small', aria: { label: title } },
      element(
        'form',
        { method: 'dialog' },
        element('h2', {}, title),
        element('p', { className: 'quiet' }, text),
        element(
          'div',
          { className: 'dialog-buttons' },
          element('button', { className: 'button', value: 'no' }, 'Cancel'),
          element('button', { className: 'button is-danger', value: 'yes' }, yes),
        ),
      ),
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}
