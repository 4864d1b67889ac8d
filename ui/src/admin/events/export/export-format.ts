/** Forms in which the event log can be taken away. */
export const exportFormats = ['csv', 'ndjson', 'ocsf'] as const;
export type ExportFormat = (typeof exportFormats)[number];
