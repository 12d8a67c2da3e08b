import type { Page } from '@playwright/test'

/** Types words into the open palette: how long each letter took until the list was laid out, in ms, and after which letters the window's own entries came later. */
export const typeInPalette = (
  page: Page,
  words: readonly string[],
): Promise<{ readonly times: readonly number[]; readonly late: readonly string[] }> =>
  page.evaluate(async (typed) => {
    // What comes from the host is there a moment later.
    const own = (): string =>
      [...document.querySelectorAll('[role="listbox"] [role="option"]')]
        .map(({ id }) => id)
        .filter((each) => !each.includes('_connection_'))
        .join('\n')
    const box = document.querySelector<HTMLInputElement>('[role="combobox"]')
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
    const times: number[] = []
    const late: string[] = []
    for (const word of typed)
      for (let end = 1; end <= word.length; end += 1) {
        const before = performance.now()
        set?.call(box, word.slice(0, end))
        box?.dispatchEvent(new InputEvent('input', { bubbles: true }))
        await Promise.resolve()
        // The list is laid out with what was typed before the next letter comes.
        document.querySelector('[role="listbox"]')?.getBoundingClientRect()
        times.push(performance.now() - before)
        const shown = own()
        await new Promise((resolve) => setTimeout(resolve, 40))
        if (own() !== shown) late.push(word.slice(0, end))
      }
    return { times, late }
  }, words)
