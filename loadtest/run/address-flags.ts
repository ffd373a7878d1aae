import { InvalidArgumentError } from "commander";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";

// For Commander.

/** An absolute URL with one of these protocols, like `http:`. */
export function address(...protocols: readonly string[]): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url && protocols.includes(url.protocol)) return url.href;
    throw new InvalidArgumentError(`Expected an address that begins with ${protocols.join("// or ")}//.`);
  };
}

/** One more `stun:` URL (RFC 7064) for a flag that may be given several times. */
export function addStunServer(text: string, before: readonly string[]): readonly string[] {
  const authority = /^stun:([^/?#@\s]+)$/.exec(text)?.[1];
  if (authority !== undefined && URL.canParse(`http://${authority}`)) return [...before, text];
  throw new InvalidArgumentError("Expected an address like stun:stun.example:3478.");
}

export function streamName(text: string): StreamName {
  try {
    return parseStreamName(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
