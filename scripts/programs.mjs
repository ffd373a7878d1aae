#!/usr/bin/env node
// Makes sure that programs from Debian's packages are there: `node scripts/programs.mjs chromium ffmpeg`.
// Installs what is missing when it may (root or password-less sudo), otherwise says which command to run.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Executables to look for, the Debian packages that bring them, and what does where those cannot be had. */
const PROGRAMS = {
  chromium: { executable: "chromium", packages: ["chromium"], otherwise: ["google-chrome"] },
  "headless-shell": {
    executable: "chromium-headless-shell",
    packages: ["chromium-headless-shell"],
    otherwise: ["chromium", "google-chrome"],
  },
  ffmpeg: { executable: "ffmpeg", packages: ["ffmpeg"] },
  nginx: { executable: "nginx", packages: ["nginx-light"] },
  prometheus: { executable: "promtool", packages: ["prometheus"] },
  alertmanager: { executable: "amtool", packages: ["prometheus-alertmanager"] },
  blackbox: { executable: "prometheus-blackbox-exporter", packages: ["prometheus-blackbox-exporter"] },
  wrk: { executable: "wrk", packages: ["wrk"] },
  haproxy: { executable: "haproxy", packages: ["haproxy"] },
  openssl: { executable: "openssl", packages: ["openssl"] },
  coturn: { executable: "turnserver", packages: ["coturn"] },
  "redis-server": { executable: "redis-server", packages: ["redis-server"] },
  iproute2: { executable: "tc", packages: ["iproute2"] },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in PROGRAMS));
if (names.length === 0 || unknown.length > 0) {
  const known = Object.keys(PROGRAMS).join(", ");
  console.error(`programs: expected names out of ${known}, got ${unknown.join(", ") || "none"}`);
  process.exit(1);
}

const missing = names.filter((name) => !isInstalled(PROGRAMS[name].executable));
if (missing.length > 0) install(missing.flatMap((name) => PROGRAMS[name].packages));

/** @param {string} name */
function isThere(name) {
  const { executable, otherwise = [] } = PROGRAMS[name];
  return [executable, ...otherwise].some(isInstalled);
}

/** @param {string} executable */
function isInstalled(executable) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, executable), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @param {string[]} packages */
function install(packages) {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  const isRoot = process.getuid?.() === 0;
  const mayInstall = isInstalled("apt-get") && (isRoot || canSudo());
  if (!mayInstall) {
    if (missing.every(isThere)) return;
    console.error(`Missing: ${missing.join(", ")}. Install with:\n  sudo sh -c '${command}'`);
    process.exit(1);
  }
  console.error(`Installing ${packages.join(", ")} …`);
  const [shell, ...rest] = isRoot ? ["sh", "-c", command] : ["sudo", "-n", "sh", "-c", command];
  spawnSync(shell, rest, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  const still = missing.filter((name) => !isThere(name));
  if (still.length > 0) {
    console.error(`Could not install ${still.join(", ")}. Run by hand:\n  sudo sh -c '${command}'`);
    process.exit(1);
  }
}

function canSudo() {
  return isInstalled("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
}
