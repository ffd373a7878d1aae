/** A data channel's session description with candidates as browsers gather them, padded to about `bytes` characters. */
export function sessionDescription(bytes: number): string {
  const head = [
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS",
    "m=application 50187 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 198.51.100.23",
  ];
  const tail = [
    "a=ice-ufrag:8hhY",
    "a=ice-pwd:asd88fgpdd777uzjYhagZg",
    "a=ice-options:trickle",
    "a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08",
    "a=setup:actpass",
    "a=mid:0",
    "a=sctp-port:5000",
    "a=max-message-size:262144",
    "",
  ];
  const lines = [...head];
  for (let number = 1; [...lines, ...tail].join("\r\n").length < bytes; number++) {
    lines.push(candidate(number));
  }
  return [...lines, ...tail].join("\r\n");
}

function candidate(number: number): string {
  const isReflexive = number % 3 === 0;
  const address = isReflexive
    ? `198.51.100.${number}`
    : `3f2c1a9e-7b1d-4c1e-9f5e-0d5c8a7b${1000 + number}.local`;
  const related = isReflexive ? " raddr 0.0.0.0 rport 0" : "";
  const kind = isReflexive ? "srflx" : "host";
  return `a=candidate:${3_000_000_000 + number} 1 udp ${2_122_260_223 - number} ${address} ${50_000 + number} typ ${kind}${related} generation 0 network-cost 999`;
}
