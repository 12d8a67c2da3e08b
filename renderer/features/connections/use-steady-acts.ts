import { useEffect, useMemo, useRef } from 'react'

type Acts = Readonly<Record<string, (...given: never[]) => void>>

/** The same functions for as long as the component is there, each doing what the newest one does: rows that did not change are not drawn again. */
export const useSteadyActs = <A extends Acts>(acts: A): A => {
  const latest = useRef(acts)
  useEffect(() => {
    latest.current = acts
  })
  return useMemo(
    () =>
      Object.fromEntries(
        Object.keys(latest.current).map((name) => [name, (...given: never[]) => latest.current[name as keyof A]?.(...given)]),
      ) as unknown as A,
    [],
  )
}
