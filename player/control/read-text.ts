/**
 * The body of an answer, if it is not longer than it may be.
 *
 * @throws {RangeError} where it is; the rest is not waited for.
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      reader.cancel().catch(() => {});
      throw new RangeError(`expected at most ${maxBytes} bytes, got more`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
