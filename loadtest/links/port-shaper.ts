import { LINK_BURST_KIB, LINK_LONGEST_WAIT_MS } from "./namespaces.js";
import { TcBatch } from "./tc-batch.js";

/** How a device's packets show whose they are: by the port that they come from or the one that they go to. */
export interface ShapedDevice {
  readonly name: string;
  /** That it is in; `undefined` is this machine itself. */
  readonly namespace?: string;
  readonly udp: PortSide;
  readonly tcp: PortSide;
}

type PortSide = "sport" | "dport";

const PROTOCOLS = {
  udp: { number: 17, table: 2 },
  tcp: { number: 6, table: 3 },
};

/** Buckets of a table, by a port's lower byte. */
const BUCKETS = 256;
const LOWER_BYTE: Readonly<Record<PortSide, string>> = { sport: "0x00ff0000", dport: "0x000000ff" };

/** Gives each of several viewers its share of what leaves by one device. Packets of other ports are not limited. */
export class PortShaper implements AsyncDisposable {
  readonly #device: ShapedDevice;
  readonly #tc: TcBatch;
  readonly #limited = new Set<number>();

  constructor(device: ShapedDevice) {
    this.#device = device;
    this.#tc = new TcBatch(device.namespace);
    this.#tc.add(`qdisc add dev ${device.name} root handle 1: htb`);
    for (const [protocol, { number, table }] of Object.entries(PROTOCOLS)) {
      const byte = LOWER_BYTE[device[protocol as keyof typeof PROTOCOLS]];
      const filter = this.#filter("add");
      this.#tc.add(`${filter} handle ${table}: u32 divisor ${BUCKETS}`);
      this.#tc.add(
        `${filter} u32 ht 800:: match ip protocol ${number} 0xff hashkey mask ${byte} at 20 link ${table}:`,
      );
    }
  }

  /** @param index of the viewer, below 65,000. */
  limit(index: number, bitsPerS: number): void {
    const rate = Math.round(bitsPerS);
    const { name } = this.#device;
    const burst = `burst ${LINK_BURST_KIB}kb cburst ${LINK_BURST_KIB}kb`;
    // What classes may borrow from each other is nothing, so the quantum is of no account; without one `tc` complains.
    this.#tc.add(
      `class add dev ${name} parent 1: classid ${classOf(index)} htb rate ${rate}bit ${burst} quantum 1514`,
    );
    // As many bytes as `tbf` has room for with the same burst and the same wait.
    const room = Math.round((rate / 8) * (LINK_LONGEST_WAIT_MS / 1000)) + LINK_BURST_KIB * 1024;
    this.#tc.add(`qdisc add dev ${name} parent ${classOf(index)} bfifo limit ${room}`);
    this.#limited.add(index);
  }

  /** From now on packets of this port are that viewer's, and no longer another's. */
  give(index: number, protocol: keyof typeof PROTOCOLS, port: number): void {
    if (!this.#limited.has(index)) return;
    const { table } = PROTOCOLS[protocol];
    const bucket = (port % BUCKETS).toString(16);
    const item = (Math.floor(port / BUCKETS) + 1).toString(16);
    const where = `handle ${table}:${bucket}:${item} u32 ht ${table}:${bucket}:`;
    const match = `match ip ${this.#device[protocol]} ${port} 0xffff`;
    this.#tc.add(`${this.#filter("replace")} ${where} ${match} flowid ${classOf(index)}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#tc[Symbol.asyncDispose]();
  }

  #filter(verb: "add" | "replace"): string {
    return `filter ${verb} dev ${this.#device.name} parent 1: protocol ip prio 1`;
  }
}

function classOf(index: number): string {
  return `1:${(index + 1).toString(16)}`;
}
