import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useCallback, useRef, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { IconButton } from './icon-button.tsx'

const FIELDS = 'input:not([type="hidden"], [aria-hidden="true"]), textarea, [role="combobox"], [role="radio"], [role="switch"]'

/** Whether the end of what scrolls is out of sight; the ref belongs on the last element of it. */
const useIsMore = () => {
  const [isMore, setIsMore] = useState(false)
  const end = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const observer = new IntersectionObserver(([entry]) => setIsMore(entry?.isIntersecting === false), { root: element.parentElement })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { isMore, end }
}

/**
 * A dialog of 520 (flow) or 560 (form): the body scrolls, head and foot stay, and the foot casts a shadow on what goes on under it. It traps the focus, starts on `initialFocus`, the first field or itself,
 * and gives the focus back to its opener.
 */
export const Sheet = ({
  isOpen,
  onClose,
  title,
  subtitle,
  lead,
  width = 560,
  foot,
  initialFocus,
  closeName = t('ui.close'),
  children,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  /** What stands before the title, such as a LogoTile of 40. */
  readonly lead?: ReactNode
  readonly width?: 520 | 560
  readonly foot?: ReactNode
  readonly initialFocus?: RefObject<HTMLElement | null>
  readonly closeName?: string
  readonly children: ReactNode
}) => {
  const body = useRef<HTMLDivElement>(null)
  const { isMore, end } = useIsMore()
  const popup = useRef<HTMLDivElement>(null)
  const firstField = (): HTMLElement | null => body.current?.querySelector<HTMLElement>(FIELDS) ?? popup.current
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(next) => {
        if (!next) onClose()
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          ref={popup}
          data-sheet=""
          initialFocus={initialFocus ?? firstField}
          className={cx(
            'fixed top-1/2 left-1/2 z-40 flex max-h-[85%] max-w-[calc(100%-32px)] -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-12 border border-line-strong bg-raised shadow-sheet outline-none [--glyph-cut:var(--raised)] transition-[opacity,transform] duration-200 data-ending-style:opacity-0 data-starting-style:translate-y-[calc(-50%+8px)] data-starting-style:opacity-0',
            width === 520 ? 'w-[520px]' : 'w-[560px]',
          )}
        >
          <div className="flex flex-none items-start gap-3 px-6 pt-5 pb-4">
            {lead}
            <div className="flex min-w-0 flex-1 flex-col self-center">
              <Dialog.Title className="text-title font-semibold break-words">{title}</Dialog.Title>
              {subtitle === undefined ? null : <Dialog.Description className="text-ink-2">{subtitle}</Dialog.Description>}
            </div>
            <Dialog.Close render={<IconButton icon={X} name={closeName} keyCap="Esc" className="-mr-2" />} />
          </div>
          <div ref={body} className="min-h-0 flex-1 overflow-y-auto px-6 pb-[19px]">
            {children}
            <div ref={end} className="h-px" />
          </div>
          {foot === undefined ? null : (
            <div
              className={cx(
                'flex flex-none flex-wrap items-center justify-end gap-2 border-t border-line bg-canvas px-6 py-3 transition-shadow',
                isMore && 'z-10 shadow-under',
              )}
            >
              {foot}
            </div>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
