import { useEffect, useRef, useState } from 'react'
import { PatchbayError } from '#shared/errors'
import { DEFAULT_SETTINGS, type TourProgress } from '#shared/contract/settings'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { takeTourRequest, useTourRequest } from '#renderer/shell/tour-request.ts'
import { advance } from './tour-steps.ts'

/** A tour that begins now. */
export const begun = (): TourProgress => ({ state: 'open', step: 'connect', connectionId: null, startedAt: new Date().toISOString() })

/** The tour as the settings keep it; what this window writes is seen at once. */
export const useTourProgress = () => {
  const known = useRead('settings.get', {}).data?.tour
  const update = useWrite('settings.update')
  const [written, setWritten] = useState<TourProgress | null>(null)
  const write = (tour: TourProgress): void => {
    setWritten(tour)
    update.mutate({ tour })
  }
  return { tour: written ?? known ?? DEFAULT_SETTINGS.tour, write }
}

/** Begins, goes on with or offers the tour when somebody asks for it; offers at most once in a life. `onBegin`: it is open now. */
export const useTourRequests = (tour: TourProgress, write: (tour: TourProgress) => void, onBegin: () => void): boolean => {
  const request = useTourRequest()
  const [isOffered, setIsOffered] = useState(false)
  const act = useRef(() => {})
  act.current = () => {
    if (request === null) return
    takeTourRequest()
    if (request === 'offer') {
      if (tour.state === 'new') setIsOffered(true)
      return
    }
    setIsOffered(false)
    const isKept = tour.state === 'left' || tour.state === 'open'
    write(request === 'resume' && isKept && tour.step !== 'done' ? { ...tour, state: 'open' } : begun())
    onBegin()
  }
  useEffect(() => act.current(), [request])
  return isOffered && tour.state === 'new'
}

/** Watches the real state while the tour is open and moves it on. */
export const useTourWatch = (tour: TourProgress, isInSandbox: boolean, write: (tour: TourProgress) => void) => {
  const isOn = tour.state === 'open' && isInSandbox
  const one = useRead('connections.get', { connectionId: tour.connectionId ?? '-' }, { isEnabled: isOn && tour.connectionId !== null })
  const newest = useRead(
    'connections.list',
    { status: 'connected', sort: 'createdAt', descending: true, limit: 20 },
    { isEnabled: isOn && tour.step === 'connect' },
  )
  const flows = useRead('connect.list', { isOpen: true }, { isEnabled: isOn && tour.step === 'connect' })
  const isGone = one.error instanceof PatchbayError && one.error.code === 'connection.not_found'
  const connection = tour.connectionId === null ? null : isGone ? ('gone' as const) : one.data
  const renewable = (newest.data?.connections ?? []).filter(({ authMode }) => authMode === 'OAUTH2')
  const made = renewable.find(({ createdAt }) => tour.startedAt !== null && createdAt >= tour.startedAt) ?? null
  const next = isOn ? advance(tour, { connection, made }) : tour
  const move = useRef(() => {})
  move.current = () => {
    if (next !== tour) write(next)
  }
  useEffect(() => move.current(), [next.step, next.connectionId])
  return {
    connection: connection === 'gone' || connection === undefined ? null : connection,
    /** One that was there before the tour and would do. */
    usable: renewable[0] ?? null,
    isWaiting: flows.data?.flows.some(({ state }) => state === 'waiting') === true,
  }
}
