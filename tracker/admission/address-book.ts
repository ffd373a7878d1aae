import type { Address } from "../nearness/address.js";
import { Exposure } from "./exposure.js";

/** How long an address is remembered that has no connection: as long as its exposure counts. */
const REMEMBERED_MS = 3_600_000;

export interface AddressBookOptions {
  readonly maxSocketsPerAddress: number;
  readonly exposurePerHour: number;
  /** Addresses without connections that are remembered at most. */
  readonly maxIdle: number;
  readonly now: () => number;
}

/** What is kept about one public address. */
export class AddressRecord {
  sockets = 0;
  lastSeenMs: number;
  /** Made when it is first asked for: while nobody else is there it is shown to nobody. */
  #exposure: Exposure | undefined;
  readonly #options: AddressBookOptions;

  constructor(options: AddressBookOptions) {
    this.#options = options;
    this.lastSeenMs = options.now();
  }

  get exposure(): Exposure {
    this.#exposure ??= new Exposure(this.#options.exposurePerHour, this.#options.now());
    return this.#exposure;
  }
}

/** Counts connections by public address (IPv6: by /64). */
export class AddressBook {
  readonly #records = new Map<number | string, AddressRecord>();
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
  lookUp(address: Pick<Address, "prefix" | "host">): AddressRecord {
    const key = keyOf(address);
    const record = this.#records.get(key) ?? new AddressRecord(this.#options);
    record.lastSeenMs = this.#options.now();
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

/** A number where that holds all of the address: IPv4's, whose prefixes are negative. One of 32 bits takes no memory of its own. */
function keyOf({ prefix, host }: Pick<Address, "prefix" | "host">): number | string {
  return prefix < 0 ? (-1 - prefix) * 2 ** 8 + host - 2 ** 31 : `${prefix}/${host}`;
}
