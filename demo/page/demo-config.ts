/** `/config.json`: what the server that serves this page offers. */
export interface DemoConfig {
  readonly trackerPort: number;
  /** At least one. */
  readonly streams: readonly [DemoStream, ...DemoStream[]];
}

export interface DemoStream {
  /** Name in the tracker, and in this page's address. */
  readonly name: string;
  readonly label: string;
  /** Address of the playlist, absolute. */
  readonly src: string;
}

/** @throws {Error} with a sentence for the page. */
export async function loadConfig(url: string): Promise<DemoConfig> {
  const response = await fetch(url, { cache: "no-store" }).catch((cause: unknown) => {
    throw new Error(`${url} could not be loaded: the server does not answer.`, { cause });
  });
  if (!response.ok) throw new Error(`${url} could not be loaded: the server answered ${response.status}.`);
  const json: unknown = await response.json().catch((cause: unknown) => {
    throw new Error(`${url} is not JSON.`, { cause });
  });
  try {
    return parseConfig(json, response.url);
  } catch (cause) {
    throw new Error(`${url} is wrong. ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
}

/**
 * @param baseUrl what relative addresses start from.
 * @throws {TypeError} naming the field.
 */
export function parseConfig(json: unknown, baseUrl: string): DemoConfig {
  const { trackerPort, streams } = parseObject("the document", json);
  if (typeof trackerPort !== "number" || !Number.isInteger(trackerPort) || !inPortRange(trackerPort)) {
    throw new TypeError(`trackerPort: expected 1 to 65535, got ${describe(trackerPort)}`);
  }
  if (!Array.isArray(streams)) throw new TypeError(`streams: expected a list, got ${describe(streams)}`);
  const [first, ...others] = streams.map((stream, index) =>
    parseStream(`streams[${index}]`, stream, baseUrl),
  );
  if (!first) throw new TypeError("streams: expected at least one");
  return { trackerPort, streams: [first, ...others] };
}

function parseStream(field: string, json: unknown, baseUrl: string): DemoStream {
  const { name, label, src } = parseObject(field, json);
  return {
    name: parseText(`${field}.name`, name),
    label: parseText(`${field}.label`, label),
    src: parseAddress(`${field}.src`, src, baseUrl),
  };
}

function parseObject(field: string, json: unknown): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(`${field}: expected an object, got ${describe(json)}`);
  }
  return json as Record<string, unknown>;
}

function parseText(field: string, json: unknown): string {
  if (typeof json !== "string" || json === "")
    throw new TypeError(`${field}: expected a text, got ${describe(json)}`);
  return json;
}

function parseAddress(field: string, json: unknown, baseUrl: string): string {
  const text = parseText(field, json);
  const url = URL.canParse(text, baseUrl) ? new URL(text, baseUrl) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new TypeError(`${field}: expected a path or an http(s) address, got ${describe(json)}`);
  }
  return url.href;
}

function inPortRange(port: number): boolean {
  return port >= 1 && port <= 65535;
}

function describe(json: unknown): string {
  return (JSON.stringify(json) ?? String(json)).slice(0, 80);
}
