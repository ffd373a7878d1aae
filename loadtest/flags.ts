export { decimal, FlagError, parseFlags, wholeNumber } from "../command-line/flags.js";
