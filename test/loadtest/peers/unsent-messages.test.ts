import { spawn } from "node:child_process";
import { once } from "node:events";
import { type DescriptionType, PeerConnection } from "node-datachannel";
import { expect, test } from "vitest";
import { countUnsentMessages } from "../../../loadtest/peers/unsent-messages.js";

type Signal =
  | { readonly sdp: string; readonly type: DescriptionType }
  | { readonly candidate: string; readonly mid: string }
  | { readonly got: number };

const MESSAGE_BYTES = 16 * 1024 - 1;
const MESSAGES = 7;

/** Takes the call of the process that has started it, and tells what came. */
const RECEIVER = `
  import { PeerConnection } from "node-datachannel";
  const connection = new PeerConnection("receiver", { iceServers: [] });
  let got = 0;
  connection.onLocalDescription((sdp, type) => process.send({ sdp, type }));
  connection.onLocalCandidate((candidate, mid) => process.send({ candidate, mid }));
  connection.onDataChannel((channel) => {
    globalThis.channel = channel;
    channel.onMessage((message) => process.send({ got: (got += message.length) }));
  });
  process.on("message", (told) =>
    told.sdp
      ? connection.setRemoteDescription(told.sdp, told.type)
      : connection.addRemoteCandidate(told.candidate, told.mid));
  process.on("disconnect", () => process.exit());
`;

test("a headless viewer's data channel says what has not been sent yet", async () => {
  countUnsentMessages();
  const receiver = spawn(process.execPath, ["--input-type=module", "--eval", RECEIVER], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const connection = new PeerConnection("sender", { iceServers: [] });
  try {
    const hasAll = new Promise<void>((done) => {
      receiver.on("message", (told: Signal) => {
        if ("got" in told) {
          if (told.got === MESSAGES * MESSAGE_BYTES) done();
        } else if ("sdp" in told) connection.setRemoteDescription(told.sdp, told.type);
        else connection.addRemoteCandidate(told.candidate, told.mid);
      });
    });
    connection.onLocalDescription((sdp, type) => receiver.send({ sdp, type }));
    connection.onLocalCandidate((candidate, mid) => receiver.send({ candidate, mid }));
    const channel = connection.createDataChannel("uploads");
    await new Promise<void>((open) => channel.onOpen(open));

    // As if the uplink carried nothing: no receipt comes, so no more goes than the first congestion window.
    receiver.kill("SIGSTOP");
    for (let sent = 0; sent < MESSAGES; sent++) channel.sendMessageBinary(new Uint8Array(MESSAGE_BYTES));
    expect(channel.bufferedAmount()).toBeGreaterThan((MESSAGES * MESSAGE_BYTES) / 2);

    receiver.kill("SIGCONT");
    await hasAll;
    expect(channel.bufferedAmount()).toBe(0);
  } finally {
    connection.close();
    receiver.kill("SIGKILL");
    await once(receiver, "exit");
  }
}, 30_000);
