/**
 * The cases with these names; none named is all.
 * @throws {Error} which names there are, for one that is not among them
 */
export function chooseCases<Case extends { readonly name: string }>(
  cases: readonly Case[],
  names: readonly string[],
  what: string = 'case',
): readonly Case[] {
  const known = cases.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`no ${what} is ${unknown}: they are ${known.join(', ')}`)
  return names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name))
}
