import { useEffect, useRef } from 'react'

/** Side of the drawn code, in CSS pixels at least; modules are whole device pixels. */
const SIDE = 208

/** A QR code, black on white in both themes; nothing of it stays in the document as text. */
export const QrCanvas = ({ rows, name }: { readonly rows: readonly string[]; readonly name: string }) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const target = canvas.current
    const pen = target?.getContext('2d') ?? null
    if (target === null || pen === null) return undefined
    const module = Math.max(1, Math.ceil((SIDE * window.devicePixelRatio) / rows.length))
    const side = module * rows.length
    target.width = side
    target.height = side
    target.style.width = `${side / window.devicePixelRatio}px`
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, side, side)
    pen.fillStyle = '#000'
    for (const [y, row] of rows.entries())
      for (let x = 0; x < row.length; x += 1) if (row[x] === '1') pen.fillRect(x * module, y * module, module, module)
    return () => pen.clearRect(0, 0, side, side)
  }, [rows])
  return <canvas ref={canvas} role="img" aria-label={name} className="rounded-6 border border-line" />
}
