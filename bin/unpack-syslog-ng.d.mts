/** Folder from which the unpacked program runs. */
export const syslogNgFolder: string;
export function hasSyslogNg(): boolean;
/** Downloads and unpacks it. True when it is there afterwards. */
export function unpackSyslogNg(): boolean;
