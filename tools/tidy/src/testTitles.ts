/**
 * The titles of all tests in the given sources, as written: a table test keeps its `%s`. Contract suites count, so
 * pass every source and not only the specs. The rows of a table may hold calls, but no calls within those.
 */
export function testTitles(sources: readonly string[]): Set<string> {
  const call =
    /\b(?:it|test)(?:\.each(?:<[^(]*>)?\((?:[^()]|\([^()]*\))*\)|\.each`[^`]*`|\.failing)?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;

  return new Set(
    sources.flatMap((source) => [...source.matchAll(call)].map((match) => unescaped(match[2] ?? ''))),
  );
}

function unescaped(title: string): string {
  return title.replace(/\\(.)/g, '$1');
}
