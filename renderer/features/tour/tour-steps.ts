import type { Connection } from '#shared/contract/connections'
import type { TourProgress } from '#shared/contract/settings'

export type TourStep = TourProgress['step']

/** The steps in their order; the last one says that it is over. */
export const TOUR_STEPS: readonly TourStep[] = ['connect', 'break', 'explain', 'mend', 'remove', 'done']

/** What the tour sees of the real state. */
export interface TourView {
  /** The connection the tour is about: null without one, `gone` once it is removed, undefined while that is not known. */
  readonly connection: Pick<Connection, 'connectionId' | 'status'> | 'gone' | null | undefined
  /** The newest connection that works and is renewed, made since the tour began. */
  readonly made: Pick<Connection, 'connectionId'> | null
}

/** Where the tour is once what is seen counts: the person's own doing moves it on, and back when the connection goes too early. */
export const advance = (tour: TourProgress, view: TourView): TourProgress => {
  const { step } = tour
  if (tour.state !== 'open' || step === 'done') return tour
  if (step === 'connect') return view.made === null ? tour : { ...tour, step: 'break', connectionId: view.made.connectionId }
  const { connection } = view
  if (connection === undefined) return tour
  if (connection === null || connection === 'gone')
    return step === 'remove' && connection === 'gone' ? { ...tour, step: 'done' } : { ...tour, step: 'connect', connectionId: null }
  if (step === 'break' && connection.status === 'attention') return { ...tour, step: 'explain' }
  if ((step === 'explain' || step === 'mend') && connection.status === 'connected') return { ...tour, step: 'remove' }
  return tour
}
