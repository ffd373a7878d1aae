/** How many can be reached from one along pairs, in either direction; itself included. */
export function reachableFrom<T>(start: T, pairs: readonly (readonly [T, T])[]): number {
  const neighbours = new Map<T, T[]>();
  for (const [one, other] of pairs) {
    neighbours.set(one, [...(neighbours.get(one) ?? []), other]);
    neighbours.set(other, [...(neighbours.get(other) ?? []), one]);
  }
  const reached = new Set([start]);
  for (const at of reached) for (const next of neighbours.get(at) ?? []) reached.add(next);
  return reached.size;
}
