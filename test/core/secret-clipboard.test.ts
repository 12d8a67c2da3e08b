import { describe, expect, it, vi } from 'vitest'
import { KEPT_MS, SecretClipboard } from '#core/secret-clipboard'

const desktop = () => {
  const held = { text: '', isReadable: true, isGone: false }
  return {
    held,
    write: (text: string): Promise<boolean> => {
      if (held.isGone) return Promise.resolve(false)
      held.text = text
      return Promise.resolve(true)
    },
    read: (): Promise<string | null> =>
      held.isGone ? Promise.reject(new Error('gone')) : Promise.resolve(held.isReadable ? held.text : null),
  }
}

describe('what is copied and must not stay', () => {
  it('is there for half a minute, then gone', async () => {
    vi.useFakeTimers()
    try {
      const { held, ...clipboard } = desktop()
      expect(await new SecretClipboard(clipboard).copy('https://provider.example/?state=s')).toBe(true)
      await vi.advanceTimersByTimeAsync(KEPT_MS - 1)
      expect(held.text).toBe('https://provider.example/?state=s')
      await vi.advanceTimersByTimeAsync(1)
      expect(held.text).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })

  it('counts its half minute anew when something else of ours is copied', async () => {
    vi.useFakeTimers()
    try {
      const { held, ...clipboard } = desktop()
      const secrets = new SecretClipboard(clipboard)
      await secrets.copy('one')
      await vi.advanceTimersByTimeAsync(KEPT_MS - 1)
      await secrets.copy('two')
      await vi.advanceTimersByTimeAsync(KEPT_MS - 1)
      expect(held.text).toBe('two')
      await vi.advanceTimersByTimeAsync(1)
      expect(held.text).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })

  it('is left alone once somebody else copied something, and where the clipboard cannot be read', async () => {
    const { held, ...clipboard } = desktop()
    const secrets = new SecretClipboard(clipboard)
    await secrets.copy('ours')
    held.text = 'theirs'
    await secrets.clear()
    expect(held.text).toBe('theirs')
    await secrets.copy('ours')
    held.isReadable = false
    await secrets.clear()
    expect(held.text).toBe('ours')
  })

  it('is taken back once: what is copied again by hand stays', async () => {
    const { held, ...clipboard } = desktop()
    const secrets = new SecretClipboard(clipboard)
    await secrets.copy('ours')
    await secrets.clear()
    held.text = 'ours'
    await secrets.clear()
    expect(held.text).toBe('ours')
  })

  it('says that it was not copied where there is no clipboard, and ends quietly with the desktop', async () => {
    const { held, ...clipboard } = desktop()
    const secrets = new SecretClipboard(clipboard)
    await secrets.copy('ours')
    held.isGone = true
    await expect(secrets.clear()).resolves.toBeUndefined()
    expect(await secrets.copy('more')).toBe(false)
  })
})
