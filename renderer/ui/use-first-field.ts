import { type RefObject, useEffect } from 'react'

/**
 * Puts the focus on the first field of a form that was read after its sheet had opened. A control of the form that has the focus by
 * then keeps it: a person was faster. While the focus is still outside the sheet, opening it is what moves it there.
 */
export const useFirstField = (firstField: RefObject<HTMLInputElement | null>, loadedId: string | undefined): void => {
  useEffect(() => {
    const form = firstField.current?.form
    if (loadedId === undefined || form === null || form === undefined) return
    const focused = document.activeElement
    if (form.closest('[role="dialog"]')?.contains(focused) === true && !form.contains(focused)) firstField.current?.focus()
  }, [loadedId, firstField])
}
