const FOCUSABLE = 'a[href], button:not([tabindex="-1"]), input, textarea, [tabindex="0"]'

/** Moves the focus to the next region: sidebar, list, panel, status bar, and round again. */
export const nextRegion = (): void => {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  const current = regions.findIndex((region) => region.contains(document.activeElement))
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(current + step) % regions.length]
    const target = region?.querySelector<HTMLElement>('[data-region-start]') ?? region?.querySelector<HTMLElement>(FOCUSABLE)
    if (target?.checkVisibility() === true) {
      target.focus()
      return
    }
  }
}
