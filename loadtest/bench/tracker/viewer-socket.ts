import { WebSocket } from "ws";

/** Two bytes of the address, so that viewers have neighbours, as those of a country have. */
export function addressOf(viewer: number): string {
  return `127.${1 + (viewer % 50)}.${1 + (Math.floor(viewer / 50) % 250)}.${1 + (Math.floor(viewer / 12_500) % 250)}`;
}

/** One viewer of the bench: announces when it is told to and answers every offer. */
export class ViewerSocket {
  readonly #socket: WebSocket;
  readonly #infoHash: string;
  readonly #peerId: string;
  readonly #answer: string;
  readonly #onAnswer: (offerId: string) => void;
  joined: () => void = () => {};

  constructor(options: {
    readonly url: string;
    readonly peerId: string;
    readonly localAddress: string;
    readonly swarm: number;
    /** Of answers; as JSON. */
    readonly answer: string;
    readonly onAnswer: (offerId: string) => void;
  }) {
    this.#infoHash = id("swarm", options.swarm);
    this.#peerId = options.peerId;
    this.#answer = options.answer;
    this.#onAnswer = options.onAnswer;
    this.#socket = new WebSocket(options.url, {
      localAddress: options.localAddress,
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket.on("message", (data: Buffer) => this.#onMessage(data));
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once("open", resolve);
      this.#socket.once("error", reject);
    });
  }

  join(): Promise<void> {
    const joined = new Promise<void>((resolve) => {
      this.joined = resolve;
    });
    this.#socket.send(this.#message(`"event":"started","numwant":0,"uploaded":0,"downloaded":0,"offers":[]`));
    return joined;
  }

  /** @param offers as JSON, without the brackets. */
  announce(offers: string, count: number): void {
    this.#socket.send(
      this.#message(`"numwant":${count},"uploaded":0,"downloaded":0,"left":null,"offers":[${offers}]`),
    );
  }

  #message(fields: string): string {
    return `{${fields},"action":"announce","info_hash":"${this.#infoHash}","peer_id":"${this.#peerId}"}`;
  }

  /** Only what is needed is read: the clients must not be what limits the server. */
  #onMessage(data: Buffer): void {
    const text = data.toString("latin1");
    if (text.includes('"offer":{')) {
      const offerId = fieldOf(text, "offer_id");
      const toPeerId = fieldOf(text, "peer_id");
      this.#socket.send(
        this.#message(`"to_peer_id":"${toPeerId}","offer_id":"${offerId}","answer":${this.#answer}`),
      );
    } else if (text.includes('"answer":{')) this.#onAnswer(fieldOf(text, "offer_id"));
    else this.joined();
  }
}

function fieldOf(text: string, name: string): string {
  const start = text.indexOf(`"${name}":"`) + name.length + 4;
  return text.slice(start, start + 20);
}

export function id(kind: string, number: number): string {
  return `${kind}-${number}`.padEnd(20, "-");
}
