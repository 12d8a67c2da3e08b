import { type RefObject, useEffect } from 'react'

/**
 * Puts the focus on the first field of a form that was read after its sheet had opened. A control of the form that has the focus by
 * then keeps it: a person was faster.
 */
export const useFirstField = (firstField: RefObject<HTMLInputElement | null>, loadedId: string | undefined): void => {
  useEffect(() => {
    const form = firstField.current?.form
    if (loadedId !== undefined && form?.contains(document.activeElement) === false) firstField.current?.focus()
  }, [loadedId, firstField])
}
