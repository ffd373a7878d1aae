import type { Request } from "express";

/** The token of a request: as `Authorization: Bearer`, or as `token` in the query where headers cannot be set. */
export function bearerOf({ headers, query }: Request): unknown {
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
  return token ?? query.token;
}
