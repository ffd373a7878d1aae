import { resolve } from "node:path";
import express, { type Express } from "express";
import { builtFolder } from "../../demo/stack.js";

/** Serves the viewers' page below `/viewer/`, beside the demo page and its script. */
export function serveViewerPages(app: Express): void {
  app.use("/viewer", express.static(resolve(builtFolder(), "pages/viewer")));
}
