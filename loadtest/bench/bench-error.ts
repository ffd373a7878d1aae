/** A bench cannot run here; `message` is one sentence that says why and what to do. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}
