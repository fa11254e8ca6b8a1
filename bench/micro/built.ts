/**
 * A module as `npm run compile` built it, since that is what is shipped. `path` is the one below
 * src, without its ending; `Module` is the type of the source there.
 */
export async function built<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as Module
}
