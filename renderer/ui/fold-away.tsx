import { ChevronDown, ChevronRight } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Button } from './button.tsx'

/** Content behind a small button that opens and closes it; what is pressed open is brought into view, and stays there when the window shrinks. */
export const FoldAway = ({
  title,
  startsOpen = false,
  mustShow = false,
  children,
}: {
  readonly title: string
  readonly startsOpen?: boolean
  /** Shown although somebody closed it: there is something in it that must be seen. */
  readonly mustShow?: boolean
  readonly children: ReactNode
}) => {
  const id = useId()
  const content = useRef<HTMLDivElement>(null)
  const wasPressed = useRef(false)
  const [isOpen, setIsOpen] = useState(startsOpen)
  const isShown = isOpen || mustShow
  // At the end of a sheet it could go unseen.
  useEffect(() => {
    if (!isShown || !wasPressed.current) return undefined
    const show = (): void => {
      content.current?.scrollIntoView({ block: 'nearest' })
      // Where not all of it fits.
      content.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
    }
    show()
    window.addEventListener('resize', show)
    return () => window.removeEventListener('resize', show)
  }, [isShown])
  return (
    <div>
      <Button
        variant="ghost"
        size="small"
        icon={isShown ? ChevronDown : ChevronRight}
        aria-expanded={isShown}
        aria-controls={id}
        className="-ml-2"
        onClick={() => {
          wasPressed.current = true
          setIsOpen(!isShown)
        }}
      >
        {title}
      </Button>
      <div ref={content} id={id} hidden={!isShown} className="flex scroll-mb-5 flex-col gap-2 pt-2">
        {children}
      </div>
    </div>
  )
}
