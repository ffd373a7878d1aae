import type { RequestHandler } from "express";
import type { Admission } from "../admission/admission.js";

const DAY_S = "86400";

/** Lets pages of allowed origins read what players ask for (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function crossOrigin(admission: () => Admission): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary("Origin");
    if (origin !== undefined && admission().allowsOrigin(origin)) {
      response.set("Access-Control-Allow-Origin", origin);
    }
    if (request.method !== "OPTIONS") {
      next();
      return;
    }
    response
      .status(204)
      .set({
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": DAY_S,
      })
      .end();
  };
}
