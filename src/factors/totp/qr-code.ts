/** Modules of white around a QR code. ISO/IEC 18004 asks for four; cameras are content with two on a white ground. */
const BORDER = 2

/** Renders text as a QR code in SVG: one line for each run of black modules, which is a quarter of one square for each. */
export async function renderQrCode(text: string): Promise<string> {
  const { encode } = await import('uqr')
  const { data, size } = encode(text, { border: BORDER })
  const lines = data.map((row, y) => {
    const runs = row.map((isBlack) => (isBlack ? '1' : '0')).join('')
    const steps = runs.split(/(?<=1)(?=0)/).flatMap((run) => {
      const gap = run.indexOf('1')
      return gap < 0 ? [] : [`${move(gap)}h${run.length - gap}`]
    })
    return steps.length === 0 ? '' : `M0 ${y}.5${steps.join('')}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path stroke="#000" d="${lines.join('')}"/></svg>`
}

function move(modules: number): string {
  return modules === 0 ? '' : `m${modules} 0`
}
