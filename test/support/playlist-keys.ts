import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { type PlaylistKey, parsePlaylistKey } from "../../origin/index.js";

/** A new private key as the text of a PEM file. */
export function newPem(curve: "P-256" | "Ed25519" = "P-256"): string {
  return privateKey(curve).export({ type: "pkcs8", format: "pem" }).toString();
}

export function newKey(curve: "P-256" | "Ed25519" = "P-256", kid?: string): PlaylistKey {
  return parsePlaylistKey(newPem(curve), kid);
}

function privateKey(curve: "P-256" | "Ed25519"): KeyObject {
  return curve === "P-256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    : generateKeyPairSync("ed25519").privateKey;
}
