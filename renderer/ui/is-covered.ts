/** Whether a sheet, a menu or a list of choices lies over the page; what is only told does not. */
export const isCovered = (): boolean =>
  document.querySelector(':is([role="dialog"], [role="alertdialog"]):not([data-toast]), [role="menu"], [role="listbox"]') !== null
