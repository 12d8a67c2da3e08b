import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'
import { KeyCap } from './key-cap.tsx'

/** A name or reason shown on hover and focus of its one child. Never the only place of words that are needed. */
export const Tooltip = ({
  text,
  keyCap,
  side = 'bottom',
  children,
}: {
  readonly text: string
  readonly keyCap?: string | undefined
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly children: ReactElement
}) => (
  <BaseTooltip.Root
    onOpenChange={(_, details) => {
      if (details.reason === 'escape-key') details.allowPropagation()
    }}
  >
    <BaseTooltip.Trigger render={children} />
    <BaseTooltip.Portal>
      <BaseTooltip.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-60">
        <BaseTooltip.Popup className="floating flex max-w-80 items-center gap-2 rounded-6 px-2 py-1 text-small text-ink-1 transition-opacity duration-[140ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
          {text}
          {keyCap === undefined ? null : <KeyCap keys={keyCap} />}
        </BaseTooltip.Popup>
      </BaseTooltip.Positioner>
    </BaseTooltip.Portal>
  </BaseTooltip.Root>
)
