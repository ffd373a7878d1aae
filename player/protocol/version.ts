/** Version of everything in this folder; one digit, because it stands in every peer id. */
export const PROTOCOL_VERSION = 1;
