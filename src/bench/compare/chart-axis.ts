/** An axis of a chart: where a value lies between its ends, 0 to 1, and the values to mark. */
export interface Axis {
  readonly ticks: readonly number[]
  at(value: number): number
}

/** Room behind the longest bar, for its number. */
const headroom = 1.2
const stepsMax = 5
const roundSteps = [1, 2, 5, 10]

/** From 0 to somewhat more than the largest value, with marks at round numbers. */
export function linearAxis(values: readonly number[]): Axis {
  const end = Math.max(...values, 0) * headroom || 1
  const power = 10 ** Math.floor(Math.log10(end / stepsMax))
  const step = power * (roundSteps.find((each) => each * power >= end / stepsMax) ?? 10)
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step)
  return { ticks, at: (value) => value / end }
}

/** From a power of ten to another, around all values; what is not above 0 lies at the beginning. */
export function logarithmicAxis(values: readonly number[]): Axis {
  const powers = values.filter((value) => value > 0).map((value) => Math.log10(value))
  const first = Math.floor(Math.min(...powers, Number.POSITIVE_INFINITY))
  const start = Number.isFinite(first) ? first : 0
  const end = Math.max(start + 1, Math.ceil(Math.max(...powers, start)))
  const ticks = Array.from({ length: end - start + 1 }, (_, i) => 10 ** (start + i))
  const share = (value: number) => (Math.log10(value) - start) / (end - start)
  return { ticks, at: (value) => (value > 0 ? share(value) : 0) }
}
