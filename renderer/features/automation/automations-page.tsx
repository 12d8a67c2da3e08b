import { Pause, Play } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useHost, useRead, useWrite } from '#renderer/api/use-api.ts'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { useMedia } from '#renderer/shell/use-width.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { Tabs } from '#renderer/ui/tabs.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { questionsOf } from './approval-queue.ts'
import { AuditView } from './audit-view.tsx'
import { placeOf, type Tab, TABS } from './automation-place.ts'
import { CallsTab } from './calls-tab.tsx'
import { GrantPanel } from './grant-panel.tsx'
import { tame } from './grant-words.ts'
import { GrantsTab } from './grants-tab.tsx'
import { useGrantActs } from './use-grant-acts.ts'
import { WaitingTab } from './waiting-tab.tsx'

/** Moves the focus among the rows by their first button. */
const moveInRows = (step: number): void => {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-region="list"] [data-row-start]')]
  const at = rows.findIndex(
    (row) => row === document.activeElement || row.closest('[data-grant]')?.contains(document.activeElement) === true,
  )
  const next = at === -1 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))
  rows[next]?.focus()
}

/** The programs that were let in, what waits, what runs, and what was done. */
export const AutomationsPage = () => {
  const [location, go] = useLocation()
  const place = placeOf(location)
  const { tab, grantId } = place
  const list = useRead('grants.list', {})
  const live = useRead('grants.calls', {})
  const pause = useWrite('grants.pause')
  const resume = useWrite('grants.resume')
  const takeBackAll = useWrite('grants.revokeAll')
  const acts = useGrantActs()
  const nameOf = useConnectorNames()
  const now = useNow(1000)
  const isSmall = !useMedia('(min-width: 800px)')
  const isFull = useMedia('(min-width: 1360px)')
  const [isAsking, setIsAsking] = useState(false)
  const opener = useRef<HTMLElement | null>(null)

  const { transport } = useHost()
  const { refetch } = list
  // A call changes when a grant was used last, and nothing else of it.
  useEffect(() => transport.onEvent(({ type }) => (type === 'audit.changed' ? void refetch() : undefined)), [transport, refetch])

  const grants = list.data?.grants ?? []
  const calls = live.data?.calls ?? []
  const isPaused = list.data?.isPaused === true
  const questions = questionsOf(grants, calls)
  const shown = grants.filter(({ state }) => state === 'active' || state === 'ended')
  const active = grants.filter(({ state }) => state === 'active')
  const denied = grants.filter(({ state }) => state === 'denied')
  const running = calls.filter(({ state }) => state === 'running')
  const open = grantId === null ? null : (grants.find((grant) => grant.grantId === grantId) ?? null)
  const asks = isAsking || place.asksTakeBackAll

  const show = (id: string): void => {
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null
    go(paths.grant(id))
  }
  const close = (): void => {
    go(paths.automations)
    requestAnimationFrame(() => opener.current?.focus())
  }
  const endAsking = (): void => {
    setIsAsking(false)
    if (place.asksTakeBackAll) go(paths.automations, { replace: true })
  }
  const taken = grants.find((grant) => grant.grantId === acts.lastTaken)
  const said = taken === undefined ? '' : t('automation.said.taken-back', { name: tame(taken.clientName) })

  const undo = acts.lastTaken
  useKeys([
    { keys: 'ArrowDown', does: t('automation.key.next'), run: () => moveInRows(1), isMove: true },
    { keys: 'ArrowUp', does: t('automation.key.previous'), run: () => moveInRows(-1), isMove: true },
    { keys: 'j', does: t('automation.key.next'), run: () => moveInRows(1), isMove: true, isAlias: true },
    { keys: 'k', does: t('automation.key.previous'), run: () => moveInRows(-1), isMove: true, isAlias: true },
    ...TABS.map((one, index) => ({
      keys: String(index + 1),
      does: t('automation.key.tab', { name: t(`automation.tab.${one}`) }),
      run: () => go(one === 'grants' ? paths.automations : paths.automationsTab(one)),
      isMove: true,
    })),
    {
      keys: 'x',
      does: t('automation.key.take-back'),
      isMove: true,
      run: () => {
        const id = document.activeElement?.closest<HTMLElement>('[data-grant]')?.dataset['grant'] ?? open?.grantId
        const grant = active.find((one) => one.grantId === id)
        if (grant !== undefined) acts.takeBack(grant)
      },
    },
    ...(undo === null ? [] : [{ keys: 'Mod+z', does: t('automation.key.undo'), run: () => acts.restore(undo) }]),
    ...(open === null ? [] : [{ keys: 'Escape', does: t('automation.panel.close'), run: close, isMove: true }]),
  ])

  const flip = isPaused ? resume : pause
  const counts: Readonly<Record<Tab, number | null>> = {
    grants: list.data === undefined ? null : active.length,
    waiting: list.data === undefined ? null : questions.length,
    calls: live.data === undefined ? null : running.length,
    audit: null,
  }
  const isTight = !isFull && (open !== null || tab === 'audit')
  const frame = {
    title: t('shell.page.automations'),
    count: list.data === undefined ? null : new Set(active.map(({ clientId }) => clientId)).size,
    actions: (
      <>
        {isTight ? (
          <IconButton
            icon={isPaused ? Play : Pause}
            name={t(isPaused ? 'automation.resume' : 'automation.pause')}
            variant="secondary"
            isBusy={flip.isPending}
            onClick={() => flip.mutate({})}
          />
        ) : (
          <Button icon={isPaused ? Play : Pause} isBusy={flip.isPending} onClick={() => flip.mutate({})}>
            {t(isPaused ? 'automation.resume' : 'automation.pause')}
          </Button>
        )}
        <Button
          variant="danger"
          disabledReason={active.length + questions.length === 0 ? t('automation.take-back-all.nothing') : null}
          onClick={() => setIsAsking(true)}
        >
          {t('automation.take-back-all.asks')}
        </Button>
      </>
    ),
  }
  const error = pause.error ?? resume.error ?? acts.error
  const head = (
    <>
      <div className="flex min-h-11 flex-none items-center border-b border-line px-4">
        <Tabs
          name={t('automation.tabs')}
          value={tab}
          onValueChange={(next) => go(next === 'grants' ? paths.automations : paths.automationsTab(next))}
          items={TABS.map((value) => ({ value, label: t(`automation.tab.${value}`), count: counts[value] }))}
        />
      </div>
      {isPaused ? (
        <div className="border-b border-line p-2">
          <Notice tone="paused" title={t('automation.paused.title')} isInline>
            {t('automation.paused.text')}
          </Notice>
        </div>
      ) : null}
      {error === null ? null : (
        <div className="p-4">
          <ErrorNotice error={error} title={t('automation.failed')} />
        </div>
      )}
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
    </>
  )
  const sheet = (
    <ConfirmSheet
      isOpen={asks}
      title={t('automation.take-back-all.title')}
      safeLabel={t('automation.take-back-all.keep')}
      confirmLabel={t('automation.take-back-all.do', { count: active.length })}
      isBusy={takeBackAll.isPending}
      onClose={endAsking}
      onConfirm={() =>
        takeBackAll.mutate(
          {},
          {
            onSuccess: ({ takenBack, denied: refused }) => {
              endAsking()
              tell(
                t('automation.told.all-taken-back', { count: takenBack }),
                refused === 0 ? undefined : t('automation.told.all-denied', { count: refused }),
              )
              void list.refetch()
            },
          },
        )
      }
    >
      <p>{t('automation.take-back-all.text', { count: active.length })}</p>
      {questions.length === 0 ? null : <p>{t('automation.take-back-all.waiting', { count: questions.length })}</p>}
      <p>{t('automation.take-back-all.kept')}</p>
      {takeBackAll.error === null ? null : <ErrorNotice error={takeBackAll.error} />}
    </ConfirmSheet>
  )
  if (tab === 'audit')
    return (
      <>
        <AuditView key={location} frame={frame} head={head} of={place.auditOf} grants={grants} now={now} isSmall={isSmall} />
        {sheet}
      </>
    )
  return (
    <PageFrame
      {...frame}
      panel={open === null ? null : <GrantPanel key={open.grantId} grant={open} now={now} nameOf={nameOf} acts={acts} onClose={close} />}
    >
      {head}
      {list.error !== null && list.data === undefined ? (
        <div className="p-4">
          <ErrorNotice
            error={list.error}
            title={t('automation.unreadable')}
            action={
              <Button size="small" onClick={() => void list.refetch()}>
                {t('automation.try-again')}
              </Button>
            }
          />
        </div>
      ) : list.data === undefined ? (
        <SkeletonRows rows={6} />
      ) : tab === 'grants' ? (
        <GrantsTab
          grants={shown}
          calls={running}
          openId={open?.grantId ?? null}
          isNarrow={open !== null || isSmall}
          now={now}
          nameOf={nameOf}
          acts={acts}
          onOpen={show}
        />
      ) : tab === 'waiting' ? (
        <WaitingTab questions={questions} denied={denied} now={now} acts={acts} onOpen={show} />
      ) : (
        <CallsTab calls={calls} now={now} />
      )}
      {sheet}
    </PageFrame>
  )
}
