import { useEffect, useRef, useState } from 'react'

/** The search field, which a narrow list folds away to a button: `focus` opens it first. */
export const useSearchBox = () => {
  const ref = useRef<HTMLInputElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  useEffect(() => {
    if (isOpen) ref.current?.focus()
  }, [isOpen])
  return {
    ref,
    isOpen,
    focus: (): void => {
      setIsOpen(true)
      ref.current?.focus()
      ref.current?.select()
    },
    fold: (): void => setIsOpen(false),
  }
}
