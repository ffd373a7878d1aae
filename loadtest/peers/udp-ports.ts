import { AsyncLocalStorage } from "node:async_hooks";

type Tell = (port: number) => void;

const owner = new AsyncLocalStorage<Tell>();

/** Has each connection that comes of `act`, at once or later, tell its UDP ports: a process has many viewers. */
export function tellingUdpPorts<T>(tell: Tell, act: () => T): T {
  return owner.run(tell, act);
}

/** Whom a connection that is made here and now tells; `undefined` where nobody wants to know. */
export function udpPortsAreToldTo(): Tell | undefined {
  return owner.getStore();
}

/** @returns the port of a candidate of this machine's own (RFC 8839, section 5.1); `undefined` for others. */
export function udpPortOf(candidate: string): number | undefined {
  const [, port] = /^candidate:\S+ \d+ udp \d+ \S+ (\d+) typ host\b/i.exec(candidate) ?? [];
  return port === undefined ? undefined : Number(port);
}
