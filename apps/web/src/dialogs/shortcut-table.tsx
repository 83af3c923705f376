import type { ReactElement } from 'react'
import { SHORTCUTS } from '../app/shortcut-list.ts'
import { Kbd } from '../ui/kbd.tsx'
import './dialogs.css'

/** All keys of the page. */
export function ShortcutTable(): ReactElement {
  return (
    <>
      {SHORTCUTS.map(({ title, rows }) => (
        <section key={title} className="dialog-section">
          <h3>{title}</h3>
          <dl className="shortcuts">
            {rows.map(({ keys, does }) => (
              <div key={does} className="shortcuts-row">
                <dt>{does}</dt>
                <dd>
                  {keys.map((each) => (
                    <span key={each}>
                      <Kbd keys={each} />
                      <span className="visually-hidden">{each}</span>
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  )
}
