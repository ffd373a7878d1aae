import type { Address } from "../nearness/address.js";
import { Exposure } from "./exposure.js";

/** How long an address is remembered that has no connection: as long as its exposure counts. */
const REMEMBERED_MS = 3_600_000;

/** What is kept about one public address. */
export interface AddressRecord {
  sockets: number;
  readonly exposure: Exposure;
  lastSeenMs: number;
}

export interface AddressBookOptions {
  readonly maxSocketsPerAddress: number;
  readonly exposurePerHour: number;
  /** Addresses without connections that are remembered at most. */
  readonly maxIdle: number;
  readonly now: () => number;
}

/** Counts connections by public address (IPv6: by /64). */
export class AddressBook {
  readonly #records = new Map<string, AddressRecord>();
  readonly #options: AddressBookOptions;

  constructor(options: AddressBookOptions) {
    this.#options = options;
  }

  /** Counts one more connection; nothing where the address has too many. To be given back with {@link leave}. */
  enter(address: Address): AddressRecord | undefined {
    const record = this.lookUp(address);
    if (record.sockets >= this.#options.maxSocketsPerAddress) return undefined;
    record.sockets += 1;
    return record;
  }

  /** What is kept about an address, without a connection. */
  lookUp({ prefix, host }: Pick<Address, "prefix" | "host">): AddressRecord {
    const { exposurePerHour, now } = this.#options;
    const key = `${prefix}/${host}`;
    const exposure = () => new Exposure(exposurePerHour, now());
    const record = this.#records.get(key) ?? { sockets: 0, exposure: exposure(), lastSeenMs: 0 };
    record.lastSeenMs = now();
    // Those seen last come last.
    this.#records.delete(key);
    this.#records.set(key, record);
    return record;
  }

  leave(record: AddressRecord): void {
    record.sockets -= 1;
    record.lastSeenMs = this.#options.now();
  }

  /** Forgets addresses without connections: the old ones, and the oldest where there are too many. */
  sweep(): void {
    const oldestMs = this.#options.now() - REMEMBERED_MS;
    const idle = [...this.#records].filter(([, { sockets }]) => sockets === 0);
    const surplus = idle.length - this.#options.maxIdle;
    for (const [index, [key, record]] of idle.entries()) {
      if (index < surplus || record.lastSeenMs <= oldestMs) this.#records.delete(key);
    }
  }
}
