import { Radio } from '@base-ui/react/radio'
import type { ComponentProps } from 'react'

/** The dot of one choice among several; its name is its label or given with it. */
export const RadioDot = (props: Omit<ComponentProps<typeof Radio.Root>, 'className' | 'children'>) => (
  <Radio.Root
    {...props}
    className="grid size-4 flex-none place-items-center rounded-full border border-line-control bg-surface data-checked:border-accent-solid data-checked:bg-accent-solid"
  >
    <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
  </Radio.Root>
)
