import { RotateCcw, ZoomIn, ZoomOut } from 'lucide-react'
import { useEffect, useLayoutEffect, useState } from 'react'
import type { Settings } from '#shared/contract/settings'
import { useWrite } from '#renderer/api/use-api.ts'
import { languageFor, setLanguage, t, useLanguage } from '#renderer/messages/translate.ts'
import { useKeys } from './key-map.ts'
import { setZoom, useMedia } from './use-width.ts'
import { nextZoom } from './zoom-steps.ts'

/** Draws the window as the settings say: language, theme, contrast, motion and size; what they leave open the desktop decides. False until the words of the language are there, once. */
export const useLook = ({ language, theme, contrast, motion, zoom }: Settings, areSettingsRead: boolean): boolean => {
  const wantsContrast = useMedia('(prefers-contrast: more)') || contrast === 'more'
  const wantsRest = useMedia('(prefers-reduced-motion: reduce)') || motion === 'reduced'
  const wanted = language === 'system' ? languageFor(navigator.languages) : language
  useLayoutEffect(() => {
    const { dataset } = document.documentElement
    const put = (name: string, value: string | null): void => {
      if (value === null) delete dataset[name]
      else dataset[name] = value
    }
    put('theme', theme === 'system' ? null : theme)
    put('contrast', wantsContrast ? 'more' : null)
    put('motion', wantsRest ? 'reduced' : null)
  }, [theme, wantsContrast, wantsRest])
  useLayoutEffect(() => setZoom(zoom / 100), [zoom])
  const spoken = useLanguage()
  const [hasWords, setHasWords] = useState(false)
  if (!hasWords && areSettingsRead && spoken === wanted) setHasWords(true)
  useEffect(() => {
    // Where its words cannot be read the window speaks on as it does.
    if (areSettingsRead) setLanguage(wanted).catch(() => setHasWords(true))
  }, [wanted, areSettingsRead])
  useEffect(() => {
    document.documentElement.lang = spoken
  }, [spoken])
  return hasWords
}

/** The keys that change the size of everything; they work over sheets and while typing too. */
export const useZoomKeys = (zoom: number): void => {
  const update = useWrite('settings.update')
  const set = (next: number): void => {
    if (next !== zoom) update.mutate({ zoom: next })
  }
  const larger = { does: t('settings.appearance.zoom-larger'), icon: ZoomIn, run: () => set(nextZoom(zoom, 1)), isAnywhere: true }
  const smaller = { does: t('settings.appearance.zoom-smaller'), icon: ZoomOut, run: () => set(nextZoom(zoom, -1)), isAnywhere: true }
  useKeys(
    [
      { keys: 'Mod++', ...larger },
      { keys: 'Mod+=', ...larger, isAlias: true },
      { keys: 'Mod+Shift++', ...larger, isAlias: true },
      { keys: 'Mod+-', ...smaller },
      { keys: 'Mod+0', does: t('settings.appearance.zoom-normal'), icon: RotateCcw, run: () => set(100), isAnywhere: true },
    ],
    'frame',
  )
}
