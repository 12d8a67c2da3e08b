import { Keyboard, PlugZap, Unplug } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import type { SystemStatus } from '#shared/contract/system'
import { ScopeContext, useLink, useRead } from '#renderer/api/use-api.ts'
import { useFirstReads } from './first-reads.ts'
import { docks, firstRun as FirstRun, overlays, rescue as Rescue, type Route as Page, routes } from './routes.ts'
import { paths } from './paths.ts'
import { places } from './places.ts'
import { useKeyDispatch, useKeys } from '#renderer/shell/key-map.ts'
import { KeysSheet } from '#renderer/shell/keys-sheet.tsx'
import { Palette } from '#renderer/shell/palette.tsx'
import { nextRegion } from '#renderer/shell/regions.ts'
import { PageBoundary } from '#renderer/shell/page-boundary.tsx'
import { useIsSheetRequested } from '#renderer/shell/sheet-request.ts'
import { Sidebar } from '#renderer/shell/sidebar.tsx'
import { StatusBar } from '#renderer/shell/status-bar.tsx'
import { useLook, useZoomKeys } from '#renderer/shell/use-look.ts'
import { useMedia } from '#renderer/shell/use-width.ts'
import { VaultClosed } from '#renderer/shell/vault-closed.tsx'
import { t, useLanguage } from '#renderer/messages/translate.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { readAhead, useIsQuiet } from '#renderer/shell/on-demand.tsx'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'
import { Toasts } from '#renderer/ui/toast.tsx'

const HostGone = () => (
  <main className="grid h-full place-items-center">
    <h1 className="sr-only">Patchbay</h1>
    <EmptyState icon={Unplug} isPage title={t('shell.host-gone')}>
      {t('shell.host-gone-text')}
    </EmptyState>
  </main>
)

const PageOf = ({ route, status }: { readonly route: Page; readonly status: SystemStatus }) => {
  if (route.worksWithoutVault !== true && status.vault.state !== 'open') {
    return (
      <main data-region="list" aria-label={t(route.name)} className="relative min-w-0 flex-1 overflow-y-auto">
        <h1 className="sr-only">{t(route.name)}</h1>
        <VaultClosed vault={status.vault} takesFocus />
      </main>
    )
  }
  if (route.worksWithoutVault !== true && status.storage.state === 'rescue') return <Rescue status={status} />
  return (
    <PageBoundary key={`${route.path} ${status.profile?.profileId ?? ''}`} name={t(route.name)}>
      <route.page />
    </PageBoundary>
  )
}

const Window = ({ status }: { readonly status: SystemStatus }) => {
  const isRail = !useMedia('(min-width: 1100px)')
  const isQuiet = useIsQuiet()
  const isSheetAsked = useIsSheetRequested()
  useEffect(readAhead, [])
  const [areKeysShown, setAreKeysShown] = useState(false)
  const [location, go] = useLocation()
  const profileId = status.profile?.profileId ?? ''
  const shownFor = useRef(profileId)
  // An open connection belongs to the profile that was in use.
  useEffect(() => {
    if (shownFor.current === profileId) return
    shownFor.current = profileId
    if (location.startsWith(`${paths.connections}/`)) go(paths.connections, { replace: true })
  }, [profileId, location, go])
  useKeys(
    [
      ...routes.map((route) => ({
        keys: `g ${route.key}`,
        does: t('shell.go-to', { page: t(route.name) }),
        run: () => go(route.path),
        icon: route.icon,
        isPlace: true,
      })),
      { keys: 'F6', does: t('shell.keys.next-region'), run: nextRegion, isAlways: true, isMove: true },
      { keys: '?', does: t('shell.keys.show'), icon: Keyboard, run: () => setAreKeysShown(true) },
    ],
    'frame',
  )
  const items = routes.map((route) => ({
    ...route,
    name: t(route.name),
    count: route.count?.(status) ?? null,
    needsYou: route.needsYou?.(status) ?? 0,
    isAtEnd: route.isAtEnd === true,
    showsWaiting: route.showsWaiting === true,
  }))
  const isNew = status.profile === null && status.vault.state === 'open' && status.storage.state !== 'rescue'
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 flex-1">
        {isNew ? (
          <FirstRun />
        ) : (
          <>
            <Sidebar status={status} items={items} isRail={isRail} />
            <Switch>
              {routes.map((route) => (
                <Route key={route.path} path={`${route.path}/*?`}>
                  {isNew && route.worksWithoutVault !== true ? (
                    <main aria-label={t(route.name)} className="grid flex-1 place-items-center">
                      <EmptyState icon={PlugZap} isPage title={t('shell.no-profile')}>
                        {t('shell.no-profile-text')}
                      </EmptyState>
                    </main>
                  ) : (
                    <PageOf route={route} status={status} />
                  )}
                </Route>
              ))}
              <Route>
                <Redirect to={routes[0]?.path ?? '/'} replace />
              </Route>
            </Switch>
          </>
        )}
      </div>
      {docks.map((Dock, index) => (
        <Dock key={index} />
      ))}
      <StatusBar status={status} />
      {isQuiet || isSheetAsked
        ? overlays.map((Overlay, index) => (
            <PageBoundary key={index} name="" isQuiet>
              <Overlay />
            </PageBoundary>
          ))
        : null}
      <Palette status={status} places={places} />
      <KeysSheet isOpen={areKeysShown} onClose={() => setAreKeysShown(false)} />
      <Toasts />
    </div>
  )
}

/** The whole window: theme and keys from the settings, sidebar, the page of the address, status bar. */
export const Shell = () => {
  const link = useLink()
  const read = useRead('settings.get', {})
  const settings = read.data ?? DEFAULT_SETTINGS
  const status = useRead('system.status', {})
  useKeyDispatch(settings.singleKeyShortcuts)
  const hasWords = useLook(settings, !read.isPending)
  useZoomKeys(settings.zoom)
  const isReady = useFirstReads(status.data)
  const spoken = useLanguage()
  if (link === 'gone') return <HostGone />
  if (status.data !== undefined && hasWords && isReady)
    return (
      <ScopeContext value={status.data.profile?.profileId ?? ''}>
        <Window key={spoken} status={status.data} />
      </ScopeContext>
    )
  return (
    <main aria-busy={status.isPending} className="grid h-full place-items-center">
      {status.error === null ? (
        <AfterAMoment>
          <p role="status" className="text-ink-3">
            {t('shell.opening')}
          </p>
        </AfterAMoment>
      ) : (
        <div className="w-[440px]">
          <ErrorNotice error={status.error} />
        </div>
      )}
    </main>
  )
}
