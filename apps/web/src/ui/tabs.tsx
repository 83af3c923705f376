import type { LucideIcon } from 'lucide-react'
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react'
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from 'react-aria-components'
import './tabs.css'

export interface TabOption<Id extends string> {
  readonly id: Id
  readonly label: string
  readonly icon?: LucideIcon
  readonly badge?: ReactNode
}

export interface TabsProps<Id extends string> {
  /** Of the list, for screen readers. */
  readonly label: string
  readonly tabs: readonly TabOption<Id>[]
  readonly selected: Id
  readonly onSelect: (id: Id) => void
  /** `line` under the words, `pill` as one control of several parts, `side` on the left. */
  readonly look?: 'line' | 'pill' | 'side'
  /** What the selected tab shows. */
  readonly children: ReactNode
}

export function Tabs<Id extends string>({
  label,
  tabs,
  selected,
  onSelect,
  look = 'line',
  children,
}: TabsProps<Id>): ReactElement {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const tab = list.current?.querySelector('[data-selected]')
    tab?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [selected])
  return (
    <AriaTabs
      className="ui-tabs"
      data-look={look}
      orientation={look === 'side' ? 'vertical' : 'horizontal'}
      selectedKey={selected}
      onSelectionChange={(key) => {
        const tab = tabs.find(({ id }) => id === key)
        if (tab !== undefined) onSelect(tab.id)
      }}
    >
      <TabList ref={list} className="ui-tab-list" aria-label={label}>
        {tabs.map(({ id, label: words, icon: Icon, badge }) => (
          <Tab key={id} id={id} className="ui-tab">
            {Icon !== undefined && <Icon size={17} aria-hidden />}
            <span>{words}</span>
            {badge}
          </Tab>
        ))}
      </TabList>
      <TabPanel key={selected} id={selected} className="ui-tab-panel">
        {children}
      </TabPanel>
    </AriaTabs>
  )
}
