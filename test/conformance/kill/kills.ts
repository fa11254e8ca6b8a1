/**
 * How often a test kills its broker: `ordinary` times in `npm test`, or as `CONFORMANCE_KILLS`
 * says. Throws where that is no number from 1 on: nothing would be killed and all would seem well.
 */
export function killsAskedFor(ordinary: number): number {
  const asked = process.env['CONFORMANCE_KILLS']
  if (asked === undefined) return ordinary
  if (/^[1-9]\d{0,5}$/.test(asked)) return Number(asked)
  throw new Error(`CONFORMANCE_KILLS is "${asked}"; it must be a number of kills from 1 on.`)
}
