/** How far something is, as a bar of 4. */
export const ProgressBar = ({ name, done, total }: { readonly name: string; readonly done: number; readonly total: number }) => (
  <div
    role="progressbar"
    aria-label={name}
    aria-valuemin={0}
    aria-valuemax={total}
    aria-valuenow={done}
    className="h-1 overflow-hidden rounded-full bg-active"
  >
    <div
      className="h-full origin-left bg-accent transition-transform duration-200"
      style={{ transform: `scaleX(${Math.min(1, done / Math.max(1, total))})` }}
    />
  </div>
)
