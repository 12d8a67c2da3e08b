import { Menu as BaseMenu } from '@base-ui/react/menu'
import { Check, type LucideIcon } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { KeyCap } from './key-cap.tsx'

/** A menu behind its one trigger element. */
export const Menu = ({
  trigger,
  align = 'end',
  children,
}: {
  readonly trigger: ReactElement
  readonly align?: 'start' | 'end'
  readonly children: ReactNode
}) => (
  <BaseMenu.Root>
    <BaseMenu.Trigger render={trigger} />
    <BaseMenu.Portal role="region" aria-label={t('ui.menu')}>
      <BaseMenu.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-60">
        <BaseMenu.Popup className="floating flex max-h-(--available-height) min-w-44 flex-col overflow-y-auto rounded-8 p-1 outline-none transition-opacity duration-[140ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
          {children}
        </BaseMenu.Popup>
      </BaseMenu.Positioner>
    </BaseMenu.Portal>
  </BaseMenu.Root>
)

const ITEM = 'flex min-h-7 w-full items-center gap-2 rounded-6 px-2 py-1 text-left outline-none select-none data-highlighted:bg-active'

/** One action of a menu. */
export const MenuItem = ({
  icon: Icon,
  keyCap,
  isDanger = false,
  onClick,
  children,
}: {
  readonly icon?: LucideIcon
  readonly keyCap?: string | undefined
  readonly isDanger?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}) => (
  <BaseMenu.Item onClick={onClick} className={cx(ITEM, isDanger && 'text-danger')}>
    {Icon === undefined ? null : <Icon aria-hidden="true" className={isDanger ? '' : 'text-ink-2'} />}
    <span className="min-w-0 flex-1">{children}</span>
    {keyCap === undefined ? null : <KeyCap keys={keyCap} />}
  </BaseMenu.Item>
)

/** One of several choices in a menu, ticked when it is the one. */
export const MenuChoices = <T extends string>({
  name,
  items,
  value,
  onValueChange,
}: {
  readonly name: string
  readonly items: readonly { readonly value: T; readonly label: ReactNode }[]
  readonly value: T
  readonly onValueChange: (value: T) => void
}) => (
  <BaseMenu.Group>
    <BaseMenu.GroupLabel className="px-2 pt-1 pb-0.5 text-small text-ink-3">{name}</BaseMenu.GroupLabel>
    <BaseMenu.RadioGroup value={value} onValueChange={(next) => onValueChange(next as T)}>
      {items.map((item) => (
        <BaseMenu.RadioItem key={item.value} value={item.value} closeOnClick className={ITEM}>
          <span className="size-4 flex-none">
            <BaseMenu.RadioItemIndicator>
              <Check aria-hidden="true" />
            </BaseMenu.RadioItemIndicator>
          </span>
          <span className="min-w-0 flex-1">{item.label}</span>
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  </BaseMenu.Group>
)

/** A hairline between parts of a menu. */
export const MenuSeparator = () => <BaseMenu.Separator className="my-1 h-px flex-none bg-line" />
