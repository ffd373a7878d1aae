import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { AccessTokenError, type TokenVerifier } from "../../player/protocol/access-token.js";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import type { RefusalReason } from "../metrics/catalogue.js";
import type { Address } from "../nearness/address.js";
import { clientAddress } from "./client-address.js";

/** A request that is refused, and what it is told. */
export class AdmissionError extends Error {
  override readonly name = "AdmissionError";

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 429 | 503,
    readonly reason: RefusalReason | undefined,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

export interface AdmissionOptions {
  readonly trustedProxies: BlockList;
  /** Pages that may use the tracker; all where there are none. */
  readonly allowedOrigins: readonly string[];
  /** Streams that are served; all where there are none. */
  readonly streams: readonly string[];
  /** Absent: no tokens are asked for. */
  readonly verify?: TokenVerifier | undefined;
}

/** Who asks, as far as it could be checked. */
export interface Admitted {
  readonly address: Address;
  readonly stream: StreamName | undefined;
  /** Of the token. */
  readonly session: string | undefined;
}

/** Streams whose names viewers share. */
const MAX_SHARED_NAMES = 10_000;

/** Decides who may use the tracker, the same for WebSockets and all else that players ask for. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #names = new Map<string, StreamName>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * @param asked the stream and token as they came with the request.
   * @throws {AdmissionError}
   */
  async admit(
    request: IncomingMessage,
    asked: { readonly stream: unknown; readonly token: unknown },
  ): Promise<Admitted> {
    const { verify, trustedProxies } = this.#options;
    const address = clientAddress(request, trustedProxies);
    if (address === undefined) throw new AdmissionError(400, undefined, "The connection has no address.");
    this.#checkOrigin(request.headers.origin);
    const stream = this.#checkStream(asked.stream);
    if (verify === undefined) return { address, stream, session: undefined };
    if (stream === undefined)
      throw new AdmissionError(400, "stream", "stream: expected the stream's name, got none");
    try {
      const { session } = await verify(asked.token, stream);
      return { address, stream, session };
    } catch (cause) {
      if (!(cause instanceof AccessTokenError)) throw cause;
      const status = cause.reason === "stream" ? 403 : 401;
      throw new AdmissionError(status, "token", cause.message, { cause });
    }
  }

  /** Whether pages of this origin may read what the tracker answers. */
  allowsOrigin(origin: string): boolean {
    const { allowedOrigins } = this.#options;
    return allowedOrigins.length === 0 || allowedOrigins.includes(origin);
  }

  /** Browsers always say which page opens a WebSocket. Other programs need not, and can say what they like. */
  #checkOrigin(origin: string | undefined): void {
    if (origin === undefined || this.allowsOrigin(origin)) return;
    throw new AdmissionError(403, "origin", "This page may not use the tracker.");
  }

  #checkStream(asked: unknown): StreamName | undefined {
    const { streams } = this.#options;
    if (asked === undefined || asked === null || asked === "") {
      if (streams.length === 0) return undefined;
      throw new AdmissionError(400, "stream", "stream: expected the stream's name, got none");
    }
    let stream: StreamName;
    try {
      stream = parseStreamName(asked);
    } catch (cause) {
      throw new AdmissionError(400, "stream", (cause as Error).message, { cause });
    }
    if (streams.length > 0 && !streams.includes(stream)) {
      throw new AdmissionError(403, "stream", "This stream is not served here.");
    }
    return this.#shared(stream);
  }

  /** The same text for all: one that is cut out of a request's URL keeps all of it in memory, the token included. */
  #shared(stream: StreamName): StreamName {
    const known = this.#names.get(stream);
    if (known === undefined && this.#names.size < MAX_SHARED_NAMES) this.#names.set(stream, stream);
    return known ?? stream;
  }
}
