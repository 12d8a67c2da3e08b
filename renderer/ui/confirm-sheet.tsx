import { AlertDialog } from '@base-ui/react/alert-dialog'
import { type ReactNode, useRef } from 'react'
import { Button } from './button.tsx'

/** Asks before something that cannot be undone: says what happens where; the safe button has the focus, the danger button is last. */
export const ConfirmSheet = ({
  isOpen,
  title,
  children,
  confirmLabel,
  safeLabel,
  isDanger = true,
  isBusy = false,
  onConfirm,
  onClose,
}: {
  readonly isOpen: boolean
  readonly title: ReactNode
  readonly children: ReactNode
  readonly confirmLabel: string
  readonly safeLabel: string
  readonly isDanger?: boolean
  readonly isBusy?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}) => {
  const safe = useRef<HTMLButtonElement>(null)
  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(next) => {
        if (!next) onClose()
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup
          data-sheet=""
          initialFocus={safe}
          className="fixed top-1/2 left-1/2 z-40 flex max-h-[85%] w-[520px] max-w-[calc(100%-32px)] -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-12 border border-line-strong bg-raised shadow-sheet outline-none [--glyph-cut:var(--raised)] transition-[opacity,transform] duration-200 data-ending-style:opacity-0 data-starting-style:translate-y-[calc(-50%+8px)] data-starting-style:opacity-0"
        >
          <div className="min-h-0 flex-1 overflow-y-auto px-6 pt-5 pb-5">
            <AlertDialog.Title className="pb-2 text-title font-semibold break-words">{title}</AlertDialog.Title>
            <AlertDialog.Description render={<div />} className="flex flex-col gap-3 break-words text-ink-2">
              {children}
            </AlertDialog.Description>
          </div>
          <div className="flex flex-none flex-wrap items-center justify-end gap-2 border-t border-line bg-canvas px-6 py-3">
            <Button ref={safe} onClick={onClose}>
              {safeLabel}
            </Button>
            <Button variant={isDanger ? 'danger-solid' : 'primary'} isBusy={isBusy} onClick={onConfirm}>
              {confirmLabel}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
