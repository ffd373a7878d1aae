/** Text or JSON of another party that is not what the protocol says. The sentence begins with the field's name. */
export class ParseError extends Error {
  override readonly name = "ParseError";
}
